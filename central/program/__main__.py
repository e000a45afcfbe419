"""``kiosk-central``, also ``python -m central.program``: Ctrl-C is no traceback even while the rest is imported."""

from command_line.signals import end_at_once


def main() -> None:
    """Run the program, and end the process."""
    end_at_once()
    from central.program.main import main as program

    program(prog_name="kiosk-central")


if __name__ == "__main__":
    main()
