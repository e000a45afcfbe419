"""Applications and how they stand."""
