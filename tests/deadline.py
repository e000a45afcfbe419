"""How long a test waits for what has to come: only a fault takes so long, also on a slow machine that is busy."""

DEADLINE_SECONDS = 180
