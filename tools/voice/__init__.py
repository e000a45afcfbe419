"""Records what the kiosk says; not part of a kiosk (docs/voice.md)."""
