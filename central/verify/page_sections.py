"""The public page as a terminal shows it: the same words, section by section, without their markup."""

from html.parser import HTMLParser

from sync.protocol.verification import PageSection

HEADINGS = frozenset({"h1", "h2"})
LINES = frozenset({"p", "div", "tr", "li"})
"""What begins a line of its own."""
BETWEEN = {"dd": "：", "td": " · "}
"""What stands before the second and further parts of a line."""
NOT_SHOWN = frozenset({"head", "header", "footer"})


def sections_of(html: str) -> tuple[PageSection, ...]:
    """Return what a page says; what stands before its first heading has none."""
    return _Reader(html).sections


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self._found: list[tuple[str, list[str]]] = [("", [])]
        self._in_heading = self._is_hidden = False
        self.feed(html)

    @property
    def sections(self) -> tuple[PageSection, ...]:
        cleaned = ((heading, "\n".join(filter(None, lines))) for heading, lines in self._found)
        return tuple(PageSection(heading, text) for heading, text in cleaned if heading or text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in NOT_SHOWN:
            self._is_hidden = True
        elif tag in HEADINGS:
            self._found.append(("", []))
            self._in_heading = True
        elif tag in LINES:
            self._found[-1][1].append("")
        elif tag in BETWEEN or (tag == "th" and self._line):
            self._add(BETWEEN.get(tag, BETWEEN["td"]))

    def handle_endtag(self, tag: str) -> None:
        if tag in NOT_SHOWN:
            self._is_hidden = False
        elif tag in HEADINGS:
            self._in_heading = False

    def handle_data(self, data: str) -> None:
        if not self._is_hidden and (words := _clean(data)):
            self._add(words)

    @property
    def _line(self) -> str:
        lines = self._found[-1][1]
        return lines[-1] if lines else ""

    def _add(self, words: str) -> None:
        heading, lines = self._found[-1]
        if self._in_heading:
            self._found[-1] = (heading + words, lines)
        elif lines:
            lines[-1] += words


def _clean(text: str) -> str:
    return " ".join(text.split())
