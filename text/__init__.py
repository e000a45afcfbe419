"""How text is written, whoever writes it: the one room that every other may know, and that knows none."""
