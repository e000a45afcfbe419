"""Receipts: what was done to a card or accepted, what was not, and what its holder does next."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from central.certificates.content import Content
from kiosk.rules.card_operation import CardOperation
from kiosk.rules.card_state import LOST
from kiosk.rules.contacts import phone_of
from kiosk.rules.guidance import guidance
from kiosk.rules.loss import LossState, loss_state
from kiosk.rules.texts import say
from sync.protocol.documents import AcceptanceReceipt, BusinessReceipt, LossReceipt, Receipt
from sync.protocol.words import LossKind

FUNCTIONS = {"social": "社保功能", "financial": "金融功能"}
AT_THE_BANK = {
    "report-loss": "金融功能（银行账户）没有挂失，请立即拨打发卡银行电话挂失。",
    "release-loss": "金融功能（银行账户）的挂失没有解除，请联系发卡银行。",
    "cancel-card": "金融功能（银行账户）没有注销，请到发卡银行办理。",
    "activate": "金融功能（银行账户）没有激活，请本人带身份证到发卡银行办理。",
    "change-pin": "金融功能（银行卡）的密码没有改。",
}
"""What an act on the social security function does not do."""
WHEN_OVER = {
    "normal": "到期自动解除挂失，卡恢复使用。",
    "cancelled": "到期没有解除的，卡自动注销，要补办新卡。",
    "void": "正式挂失不能撤销，原卡作废。",
    None: "没有期限，解除挂失以前卡不能使用。",
}


def loss_receipt_content(
    card: Row[Any], kind: LossKind, loss: LossState, done: CardOperation, at: datetime
) -> Content:
    """Return the 挂失回执."""
    named = str(say(f"state.{LOST[kind]}"))
    over = loss_state(card.region, kind, at, loss.until).result.state if loss.until else None
    ended = "void" if loss.state == "void" else over
    return _about(
        card,
        LossReceipt,
        f"社会保障卡{named}",
        [
            *_not_done("report-loss", loss.affects),
            *([] if "replace-card" in done.after else ["没有办理补卡。"]),
        ],
        [*_after(done), *([] if ended == "void" else [_where_to_release(card.region)])],
        loss_kind=named,
        function="和".join(FUNCTIONS[function] for function in loss.affects),
        expires_at=loss.until,
        after_expiry=WHEN_OVER[ended],
    )


def business_receipt_content(
    card: Row[Any],
    operation: str,
    result: str,
    affects: Sequence[str] = ("social",),
    steps: Sequence[str] = (),
) -> Content:
    """Return the 业务回执 of something that was done at once."""
    act = f"社会保障卡{say(f'operation.{operation}').removesuffix('社保卡')}"
    return _about(card, BusinessReceipt, act, _not_done(operation, affects), steps, result=result)


def acceptance_receipt_content(
    person: Row[Any], act: str, materials: Sequence[str], due: date | None
) -> Content:
    """Return the 受理回执: ``due`` is the last day for a decision, if it is known."""
    return _about(
        person,
        AcceptanceReceipt,
        act,
        ["这项业务还没有办结，以办理结果为准。"],
        [f"可凭编号到窗口查询进度，或拨打{phone_of(person.region)}。"],
        materials=list(materials),
        due=due,
    )


def _about(
    holder: Row[Any],
    message: type[Receipt],
    act: str,
    not_covered: Sequence[str],
    next_steps: Sequence[str],
    **fields: object,
) -> Content:
    common = {
        "act": act,
        "holder_name": holder.name,
        "card_number": getattr(holder, "number", ""),
        "not_covered": list(not_covered),
        "next_steps": list(next_steps),
    }
    return Content(
        message=message,
        fields=common | fields,
        subject=holder.id_number,
        name=holder.name,
        region=holder.region,
        agency=holder.agency,
        months=0,
        last_month="",
    )


def _not_done(operation: str, affects: Sequence[str]) -> list[str]:
    return [] if "financial" in affects else [AT_THE_BANK[operation]]


def _after(done: CardOperation) -> list[str]:
    # What is not done by this act says already that the bank has to be told.
    return [f"{say(f'after.{step}')}。" for step in done.after if step != "report-financial-loss"]


def _where_to_release(region: str) -> str:
    routes = guidance(region, "release-loss").result.routes
    places = dict.fromkeys(place for route in routes if route.function == "social" for place in route.places)
    return (
        f"卡找到了，可到这些地方解除挂失：{'、'.join(places)}。" if places else "卡找到了，请办理解除挂失。"
    )
