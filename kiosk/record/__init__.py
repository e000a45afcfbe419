"""What is recorded: the journal of acts and the catalogue of events."""
