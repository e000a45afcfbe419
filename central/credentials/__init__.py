"""Who is there without a card: electronic cards, and faces."""
