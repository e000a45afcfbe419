"""Social security cards: state, loss and release, PIN resets, card keys."""
