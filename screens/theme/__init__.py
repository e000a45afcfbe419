"""How it looks: tokens, palette, typeface, boxes, and where lines break."""
