"""The centre's own keys: what signs documents and feeds, from when to when, and what holds it."""
