"""What the kiosk says aloud: which words, when, and which of them were recorded ahead."""
