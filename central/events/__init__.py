"""Events of kiosks, taken once each and provable."""
