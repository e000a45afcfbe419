"""The public page on which a document is checked."""

from html.parser import HTMLParser

from tests.central.centre import HTTP


class Page(HTMLParser):
    """The words of a page; it complains when tags do not match, as a strict reader would."""

    VOID = frozenset({"meta", "link", "input", "br"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def show(centre, path: str, status: int = 200) -> Page:
    response = HTTP.get(centre.url + path)
    assert response.status_code == status
    page = Page(response.text)
    assert "script" not in page.tags
    return page
