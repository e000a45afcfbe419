"""The reference central system."""
