"""What stands in for systems that are not ours, for training, demonstrations and tests."""
