"""The ``kiosk`` program, also ``python -m kiosk``: Ctrl-C is no traceback even while the rest is being imported."""

from command_line.signals import end_at_once


def main() -> None:
    """Run the program, and end the process."""
    end_at_once()
    from kiosk.cli import main as program

    program(prog_name="kiosk")


if __name__ == "__main__":
    main()
