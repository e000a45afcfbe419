"""The verbs of the kiosk command."""
