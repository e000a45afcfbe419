"""Every page and every error state, drawn to be looked at."""
