"""Services of the group work-injury."""
