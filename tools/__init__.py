"""Tools of the people who build and show the kiosk."""
