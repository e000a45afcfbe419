"""The public page that says what a certificate says."""
