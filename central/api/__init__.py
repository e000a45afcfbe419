"""What kiosks ask of the centre, over HTTP with signed requests."""
