"""What the window tells systemd of its life; the same as the sync process does."""

from sync.watchdog import ALIVE_EVERY, alive, ready

__all__ = ["ALIVE_EVERY", "alive", "ready"]
