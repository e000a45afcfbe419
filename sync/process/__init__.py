"""The sync process: delivers the outbox, follows the feeds."""
