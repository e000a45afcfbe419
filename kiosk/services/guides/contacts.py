"""联系电话: the telephones of the region, as its sources give them."""

from collections.abc import Iterator
from datetime import datetime

from kiosk.dialogue.questions import Section, ShowArticle
from kiosk.dialogue.words import _
from kiosk.paper.certificates.local import PolicyAnswer
from kiosk.rules.contacts import contacts, phone_of
from kiosk.services.guides.reading import SLIP, read
from kiosk.services.service import ANYBODY, Conversation, Gets, Offline, Proof, service
from kiosk.visit.visit import Visit
from sync.protocol.certificate_kinds import CHINA

NATIONAL_HOTLINE = "12333"


@service(
    "contacts",
    group="guides",
    position=4,
    label=_("联系电话"),
    hint=_("咨询、投诉、急着用卡"),
    words=("电话", "投诉", "监督", "举报", "急着用卡", "加急", "12333"),
    minutes=1,
    accepts=ANYBODY,
    proof=Proof.NOTHING,
    offline=Offline.SERVE,
    gets=Gets.ANSWER,
)
def contact_numbers(visit: Visit) -> Conversation:
    """Show the region's telephones."""
    sources = [str(each) for each in contacts(visit.region).basis]
    rows = tuple(_rows(visit.region))
    today = datetime.now(CHINA).date()
    page = ShowArticle(
        title=_("联系电话"),
        sections=tuple(Section(name, number) for name, number in rows),
        actions=(SLIP,),
        source=_("依据：{basis}", basis="；".join(sources)) if sources else "",
    )
    slip = PolicyAnswer(
        question=_("联系电话"),
        given=[],
        answer=[f"{name}：{number}" for name, number in rows],
        sources=sources or [_("本地区的规定没有写明电话")],
        as_of=today,
        phone=phone_of(visit.region),
    )
    return (yield from read(visit, page, slip))


def _rows(region: str) -> Iterator[tuple[str, str]]:
    known = contacts(region).result
    yield _("人社服务热线"), known.hotline or NATIONAL_HOTLINE
    named = (
        (_("咨询电话"), known.consult),
        (_("监督电话"), known.supervise),
        (_("发卡银行"), known.bank),
        (_("急着在外地用卡"), known.emergency),
        *known.others.items(),
    )
    yield from ((name, number) for name, number in named if number)
