"""The QR scanner in serial mode, for the electronic social security card."""
