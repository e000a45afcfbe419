"""The database, its tables, and the ways to say no."""
