"""Events that were stored, and count for nothing: what they report was not the terminal's to do."""

from collections.abc import Mapping

Uncounted = Mapping[str, str]
"""Why, by the id of the event. It stays as its kiosk sealed it; people look at it in the quarantine."""
