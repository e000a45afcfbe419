"""What a card and a PIN prove, and what settles a PIN change that was left open."""
