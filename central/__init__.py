"""The reference central system: it issues certificates and has every kiosk's events exactly once."""
