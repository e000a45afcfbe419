"""People and what is recorded of them; who holds a card."""
