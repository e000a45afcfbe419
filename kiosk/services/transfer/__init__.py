"""Services of the group transfer."""
