"""Services of the group retirement."""
