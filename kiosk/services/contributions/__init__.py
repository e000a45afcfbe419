"""Services of the group contributions."""
