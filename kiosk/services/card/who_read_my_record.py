"""谁查过我的信息: who was told of the citizen's record, when, where and what (条例 第四十九条)."""

from collections.abc import Mapping

from kiosk.dialogue.questions import Notice, ShowTable
from kiosk.dialogue.words import TranslatableText, _
from kiosk.services.service import CARD, Conversation, Gets, Offline, Proof, service
from kiosk.visit.asking import ask
from kiosk.visit.visit import Visit
from sync.protocol.certificate_kinds import CHINA
from sync.protocol.document_kinds import DOCUMENT_KINDS
from sync.protocol.reads import READS_OF_ME, Read, ReadsAnswer, ReadsRequest

TOLD: Mapping[str, TranslatableText] = {
    "/v1/visits": _("插卡，查卡的状态"),
    "/v1/credentials/e-card": _("出示电子社保卡"),
    "/v1/credentials/face": _("人脸比对"),
    "/v1/credentials/face/tries": _("人脸比对"),
    "/v1/cards/state": _("查社保卡的状态"),
    "/v1/certificates": _("开具证明"),
    "/v1/receipts": _("开具回执"),
    READS_OF_ME.path: _("查谁看过记录"),
    "/v1/applications": _("提交申请"),
    "/v1/applications/state": _("查申请的进度"),
    "/v1/cards/loss": _("挂失"),
    "/v1/cards/release": _("解除挂失"),
    "/v1/cards/authenticate": _("核验社保卡"),
    "/v1/cards/pin-reset": _("重置社保密码"),
    "/v1/cards/pin-reset/message": _("重置社保密码"),
}
"""What was told of a person, by the path of the call that told it."""
AT_A_COUNTER = _("工作人员查询")


@service(
    "who-read-my-record",
    group="card",
    position=90,
    label=_("谁查过我的信息"),
    hint=_("什么时间、在哪里、查了什么"),
    words=("谁查过我", "谁看过我的信息", "查询记录", "信息泄露", "个人信息"),
    minutes=1,
    accepts=CARD,
    proof=Proof.PIN,
    offline=Offline.REFUSE,
    gets=Gets.ANSWER,
    genuine_card=True,
)
def who_read_my_record(visit: Visit) -> Conversation:
    """Show who was told of the holder's record, the newest first."""
    assert visit.person
    request = ReadsRequest(
        region=visit.region,
        card_identity=visit.card.identity,
        id_number=visit.person.id_number,
        verified_by="card+pin",
    )
    answer = yield from ask(visit, READS_OF_ME, request)
    if not answer.reads:
        yield Notice(title=_("没有人查过您的记录"), text=_("有人查询以后，在这里可以看到。"))
        return None
    yield ShowTable(title=_("谁查过您的信息"), text=_how_many(answer), rows=tuple(map(_row, answer.reads)))
    return None


def _how_many(answer: ReadsAnswer) -> TranslatableText:
    if answer.more:
        return _("这里是最近的 {count} 次。更早的请到窗口查询。", count=len(answer.reads))
    return _("一共 {count} 次，最近的在最前面。", count=len(answer.reads))


def _row(read: Read) -> tuple[str, str]:
    return f"{read.at.astimezone(CHINA):%Y-%m-%d %H:%M}", _(
        "{what}，{where}", what=_what(read), where=_where(read)
    )


def _what(read: Read) -> str:
    kind = DOCUMENT_KINDS.get(read.kind)
    return kind.title if kind else TOLD.get(read.what, AT_A_COUNTER)


def _where(read: Read) -> str:
    if read.actor == "clerk":
        return _("经办人员 {name}", name=read.by)
    if read.channel == "kiosk":
        return _("自助终端 {number}", number=read.by)
    return _("窗口终端 {number}", number=read.by)
