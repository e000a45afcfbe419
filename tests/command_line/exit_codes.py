"""What commands are documented to end with."""

DOCUMENTED = set(range(8))
"""Without 70 (a fault of the program) and 130 (interrupted), which no argument may cause."""

WAITING = {
    ("kiosk", "card", "read"): "looks for a reader for seconds",
    ("kiosk", "id-card", "read"): "waits for an answer of the device",
    ("kiosk", "printer", "status"): "waits for the printer for half a minute",
    ("kiosk", "printer", "test"): "waits for the printer for half a minute",
    ("kiosk", "screens"): "draws 80 screens",
    ("kiosk", "fonts"): "takes half a minute to write",
    ("kiosk-central", "operators", "add"): "nobody else could act afterwards, in the other tests",
}
"""Commands that are only told what is refused before they begin, and why."""
