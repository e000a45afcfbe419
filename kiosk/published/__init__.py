"""What the centre publishes, as the kiosk uses it: region packs, ages of feeds, listed cards, out of service."""
