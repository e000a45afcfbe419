"""The periods that a citizen may choose from, in plain words. Months are ``YYYY-MM``."""

from collections.abc import Mapping
from datetime import date

from dateutil.relativedelta import relativedelta

from kiosk.dialogue.questions import Choose, Option
from kiosk.dialogue.words import _

ALL = _("全部")
FIRST_MONTH = "1951-01"
"""Before anybody's first contribution; the certificate begins with the holder's own."""
YEARS_TO_CHOOSE = 5

Period = tuple[str, str]


def periods(today: date) -> Mapping[str, Period]:
    """Return the first and the last month of each period, by its name; a month is booked when it is over."""
    over = today - relativedelta(months=1)
    last = f"{over:%Y-%m}"
    named = {
        _("今年"): (f"{today.year}-01", last),
        _("去年"): (f"{today.year - 1}-01", f"{today.year - 1}-12"),
        _("最近12个月"): (f"{over - relativedelta(months=11):%Y-%m}", last),
        _("最近36个月"): (f"{over - relativedelta(months=35):%Y-%m}", last),
        ALL: (FIRST_MONTH, last),
    }
    return {name: (first, last) for name, (first, last) in named.items() if first <= last}


def choose_period(today: date) -> Choose:
    """Return the question for a period; the answer is its name."""
    options = tuple(
        Option(name, name, _("{first} 至 {last}", first=_("第一次缴费") if name == ALL else first, last=last))
        for name, (first, last) in periods(today).items()
    )
    return Choose(title=_("请选择时间段"), text=_("证明会列出这段时间的缴费。"), options=options)


def choose_year(today: date) -> Choose:
    """Return the question for a year whose account is closed; the answer is the year's number as text."""
    years = (str(today.year - back) for back in range(1, YEARS_TO_CHOOSE + 1))
    options = tuple(Option(year, _("{year}年", year=year)) for year in years)
    return Choose(
        title=_("请选择年份"), text=_("个人账户每年年底结算一次，可以打印已结算的年份。"), options=options
    )
