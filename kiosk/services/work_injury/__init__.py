"""Services about work injuries."""
