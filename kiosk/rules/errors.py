"""What can be wrong with a question, with a region pack or with a calendar."""


class InvalidInputError(Exception):
    """A question that the rules do not understand. ``message`` never repeats the value it was given."""

    def __init__(self, code: str, field: str | None, message: str) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.code = code
        self.field = field
        self.message = message


class PackError(Exception):
    """A data file of the rules is broken; the message names file, line, key and reason."""

    def __init__(self, file: str, line: int, key: str, reason: str) -> None:
        super().__init__(f"{file}:{line}: {key}: {reason}")
        self.file = file
        self.line = line
        self.key = key
        self.reason = reason


class CalendarError(Exception):
    """A calendar of holidays cannot be true; the message names its year, the field and the reason."""

    def __init__(self, year: int | None, field: str, reason: str) -> None:
        super().__init__(f"calendar {year or '?'}: {field}: {reason}")
        self.year = year
        self.field = field
        self.reason = reason
