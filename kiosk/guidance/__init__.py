"""What citizens read at the kiosk: guides, answers, outlets and notices, as the centre published them or as bundled."""
