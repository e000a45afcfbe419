"""What a certificate says, as printer-neutral lines."""
