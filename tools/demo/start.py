"""``./run demo`` from its first moment: Ctrl-C is no traceback even while the rest is being imported."""

from command_line.signals import end_at_once

if __name__ == "__main__":
    end_at_once()
    from tools.demo.__main__ import main

    main(prog_name="./run demo")
