"""Days, moments and lengths of time as people say them: sentences, so that a screen can translate them."""

from datetime import date, datetime

from kiosk.rules.texts import Sentence, say


def day_words(day: date) -> Sentence:
    """Return a day in words.

    >>> day_words(date(2026, 6, 7))
    '2026年06月07日'
    """
    return say("time.day", year=f"{day:%Y}", month=f"{day:%m}", day=f"{day:%d}")


def moment_words(moment: datetime) -> Sentence:
    """Return a moment of this year in words.

    >>> moment_words(datetime(2026, 6, 7, 13, 0))
    '06月07日13:00'
    """
    return say("time.moment", month=f"{moment:%m}", day=f"{moment:%d}", time=f"{moment:%H:%M}")


def month_count_words(months: int) -> Sentence:
    """Return so many months as people say them.

    >>> month_count_words(180), month_count_words(186)
    ('15年', '15年6个月')
    """
    years, rest = divmod(months, 12)
    if rest:
        return say("time.years-months", years=str(years), months=str(rest))
    return say("time.years", years=str(years))


def year_words(year: int) -> Sentence:
    """Return a year in words.

    >>> year_words(2017)
    '2017年'
    """
    return say("time.year", year=str(year))
