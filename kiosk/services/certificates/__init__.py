"""Services that print a certificate."""
