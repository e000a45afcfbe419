"""Receipt printers over a serial line."""
