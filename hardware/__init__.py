"""Devices: protocols, drivers and simulators. Knows nothing else of ours."""
