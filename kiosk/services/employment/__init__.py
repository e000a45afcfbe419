"""Services of the group employment."""
