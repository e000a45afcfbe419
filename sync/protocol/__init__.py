"""What kiosk and centre say to each other."""
