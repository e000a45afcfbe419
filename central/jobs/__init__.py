"""What the centre does by itself, beside the server."""
