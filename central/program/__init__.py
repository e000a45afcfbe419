"""The program: server, workers, routes and every command of kiosk-central."""
