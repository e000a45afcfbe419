"""Acts that write to the chip."""
