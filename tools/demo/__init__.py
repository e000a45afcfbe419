"""The whole kiosk on one machine, with simulated devices on their real wires."""
