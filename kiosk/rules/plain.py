"""Results as plain JSON values: months YYYY-MM, instants YYYY-MM-DDTHH:MM, money as text with two places."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from kiosk.rules.periods import Month


def plain(value: Any) -> Any:
    """Return a value that JSON can hold; fields that are not set are left out."""
    if isinstance(value, Month):
        return str(value)
    if isinstance(value, msgspec.Struct):
        fields = ((name, getattr(value, name)) for name in value.__struct_fields__)
        return {name: plain(field) for name, field in fields if field is not msgspec.UNSET}
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value
