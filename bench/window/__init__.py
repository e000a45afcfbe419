"""Programs that bench/ui.py starts and times, each in a process of its own."""
