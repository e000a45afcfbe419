"""Text normalisation and wrapping: every other room may import this one, and it imports none."""
