"""办事指南: what is needed, where and how long it takes, in the twelve fields of a published guide."""

from collections.abc import Iterator

from kiosk.dialogue.questions import FindInList, Option, Section, ShowArticle
from kiosk.dialogue.words import _
from kiosk.paper.certificates.local import PolicyAnswer
from kiosk.rules.contacts import contacts, phone_of
from kiosk.services.guides.reading import MISSING, SLIP, TYPE, going_on, grouped, read_from
from kiosk.services.service import ANYBODY, Conversation, Gets, Offline, Proof, service
from kiosk.visit.visit import Visit
from sync.protocol.published import Guide, Material

OUTLETS = "outlets"
NOT_PUBLISHED = _("没有公布，可以拨打12333")


@service(
    "read-guides",
    group="guides",
    position=1,
    label=_("办事指南"),
    hint=_("要带什么、到哪里办、几天办好"),
    words=("指南", "怎么办", "要带什么", "材料", "流程", "要几天"),
    minutes=3,
    accepts=ANYBODY,
    proof=Proof.NOTHING,
    offline=Offline.SERVE,
    gets=Gets.ANSWER,
    feeds=("guides",),
)
def read_guides(visit: Visit) -> Conversation:
    """Let a guide be found and read; it leads to the service that does it here, else to the outlets."""
    guides = visit.library.guides(visit.region)
    listed = FindInList(
        title=_("办事指南"),
        text=TYPE,
        options=tuple(
            Option(key, guide.item, guide.handled_by, words=tuple(guide.keywords))
            for key, guide in guides.items()
        ),
        groups=grouped({key: guide.group for key, guide in guides.items()}),
        missing=MISSING,
    )
    return (
        yield from read_from(
            visit,
            listed,
            lambda key: guide_article(visit, guides[key]),
            lambda key: guide_slip(guides[key], visit.region),
        )
    )


def guide_article(visit: Visit, guide: Guide) -> ShowArticle:
    """Return the page of a guide."""
    return ShowArticle(
        title=guide.item,
        sections=tuple(Section(heading, text) for heading, text in fields(guide, visit.region)),
        actions=(*_going_on(visit, guide), SLIP),
    )


def fields(guide: Guide, region: str) -> Iterator[tuple[str, str]]:
    """Yield the fields of a guide below its name (事项名称), in the order of a published guide."""
    known = contacts(region).result
    consult = guide.phones.consult or known.consult or known.hotline or phone_of(region)
    yield _("受理单位"), guide.handled_by
    yield _("办理依据"), "\n".join(guide.basis)
    yield _("申请主体"), guide.applicants
    yield _("受理条件"), guide.conditions
    yield _("申请材料"), "\n".join(map(_material, guide.materials))
    yield _("办理流程"), "\n".join(guide.process)
    yield _("收费依据及标准"), guide.fee
    yield _("办理时限"), guide.time_limit
    yield _("咨询电话"), consult
    yield _("监督电话"), guide.phones.supervise or known.supervise or NOT_PUBLISHED
    yield _("办理地点"), guide.place
    yield _("声明"), guide.statement


def guide_slip(guide: Guide, region: str) -> PolicyAnswer:
    """Return what is printed of a guide."""
    answer = [
        f"{heading}：{text}" for heading, text in fields(guide, region) if heading not in SAID_ELSEWHERE
    ]
    return PolicyAnswer(
        question=guide.item,
        given=[],
        answer=answer,
        sources=list(guide.basis),
        as_of=guide.valid_from,
        phone=phone_of(region),
    )


SAID_ELSEWHERE = (_("办理依据"), _("声明"))
"""On the slip these stand at its foot."""


def _material(material: Material) -> str:
    return (
        _("{name}（依据：{basis}）", name=material.name, basis=material.basis)
        if material.basis
        else material.name
    )


def _going_on(visit: Visit, guide: Guide) -> Iterator[Option]:
    doing = going_on(visit, guide.services)
    if doing:
        yield Option(doing[0], _("现在办"))
    elif going_on(visit, [OUTLETS]):
        entry = f"/{guide.outlet_service}" if guide.outlet_service else ""
        yield Option(OUTLETS + entry, _("看哪些网点能办"))
