"""What a branch kiosk does, without a widget or a wire."""

__version__ = "0.1.0"
