"""The menu: groups of services, search, and what can be done now."""
