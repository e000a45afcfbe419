"""What is written down: the journal of acts and the catalogue of events."""
