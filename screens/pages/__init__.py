"""One page a question, and what pages are built with."""
