"""Receipts: of what a kiosk reported, and what the public page says of each kind."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import update

from central.certificates import issuing as certificates
from central.store import tables as models
from kiosk.paper.certificates.kinds import lay_out
from sync.client import CentralRefusedError
from sync.protocol.applications import APPLY
from sync.protocol.cards import REPORT_LOSS
from sync.protocol.certificates import EVENT_RECEIPT, ISSUE_CERTIFICATE, ReceiptRequest
from sync.protocol.messages import card_partition
from tests.central.acts import CARD, CLAIM, LOSS, actor, approved_for
from tests.central.centre import HTTP, an_identity
from tests.central.certificate_requests import WANG
from tests.central.deliveries import EPOCH, event
from tests.central.verify.page import show
from tests.kiosk.paper.documents import COPY

CHANGED = event(1, type="card.pin_changed", partition=card_partition(CARD), body={"act": "A1-1"})


@pytest.fixture
def kiosk(centre):
    return centre.client(centre.enrol(an_identity()))


def page(centre, receipt) -> str:
    return show(centre, f"/verify/{receipt.code}").text


def test_a_reported_pin_change_has_a_receipt_once_the_centre_has_heard_of_it(centre, kiosk):
    with pytest.raises(CentralRefusedError, match="event-unknown"):
        kiosk.call(EVENT_RECEIPT, ReceiptRequest(CHANGED.id))
    kiosk.deliver(EPOCH, [CHANGED])
    receipt = kiosk.call(EVENT_RECEIPT, ReceiptRequest(CHANGED.id))
    assert (receipt.act, receipt.result) == ("社会保障卡修改密码", "已修改")
    assert receipt.not_covered == ["金融功能（银行卡）的密码没有改。"]
    assert kiosk.call(EVENT_RECEIPT, ReceiptRequest(CHANGED.id)) == receipt
    assert lay_out(receipt, COPY).blocks
    assert "已修改" in page(centre, receipt)


def test_a_kiosk_gets_receipts_for_its_own_events_and_for_acts_only(centre, kiosk):
    other = centre.client(centre.enrol(an_identity("610200-002")))
    called = event(2, type="staff.called", partition=card_partition(CARD))
    kiosk.deliver(EPOCH, [CHANGED, called])
    for ask, name, code in ((other, CHANGED.id, "event-unknown"), (kiosk, called.id, "no-receipt")):
        with pytest.raises(CentralRefusedError, match=code):
            ask.call(EVENT_RECEIPT, ReceiptRequest(name))


def test_the_page_of_a_loss_receipt_says_until_when_and_later_that_it_is_over(centre, kiosk):
    approved_for(centre, "610200-001", acts=("loss", "id-card"))
    receipt = kiosk.call(REPORT_LOSS, LOSS)
    assert lay_out(receipt, COPY).blocks
    assert "“秦云就业”小程序" in "".join(receipt.next_steps), (
        "the places are called as the refusal calls them"
    )
    last_day = (receipt.expires_at - timedelta(days=1)).date()
    text = page(centre, receipt)
    for words in (
        "口头挂失",
        "社保功能",
        f"{last_day} 24:00",
        "王*国",
        "A1****75X",
        "金融功能（银行账户）没有挂失",
    ):
        assert words in text
    assert "已经到期" not in text
    html = HTTP.get(receipt.verify_url).text
    assert WANG.id_number not in html and "王建国" not in html and "A1024575X" not in html
    _keep(centre, msgspec.structs.replace(receipt, expires_at=datetime.now(UTC) - timedelta(minutes=1)))
    assert "这次挂失已经到期。到期自动解除挂失" in page(centre, receipt)


def test_the_page_of_an_acceptance_receipt_says_by_when(centre, kiosk):
    receipt = kiosk.call(APPLY, CLAIM)
    assert lay_out(receipt, COPY).blocks
    text = page(centre, receipt)
    for words in (
        "养老保险待遇申领",
        str(receipt.due or "请向经办机构查询"),
        "居民身份证（已读取）",
        "还没有办结",
    ):
        assert words in text


def test_a_document_that_was_taken_back_is_called_so(centre, kiosk):
    certificate = kiosk.call(ISSUE_CERTIFICATE, WANG)
    with centre.engine.begin() as tx:
        certificates.revoke(tx, certificate.number, "缴费记录已更正", actor())
    text = page(centre, certificate)
    assert "已经作废" in text and "缴费记录已更正" in text and "请不要采用" in text
    assert "本系统开具过这份文书 请把纸上" not in text


def test_a_copy_that_was_uncertain_and_looked_at_is_shown_as_what_was_found(centre, kiosk):
    number = kiosk.call(ISSUE_CERTIFICATE, WANG).number
    told = [
        event(seq, type="certificate.printed", body={"number": number, "copy": seq, "result": "uncertain"})
        for seq in (1, 2, 3)
    ]
    resolved = [
        event(
            seq, type="certificate.print_resolved", body={"number": number, "copy": copy, "complete": found}
        )
        for seq, copy, found in ((4, 1, True), (5, 2, False))
    ]
    code = kiosk.call(ISSUE_CERTIFICATE, WANG)
    kiosk.deliver(EPOCH, [*told, *resolved])
    said = "有 1 份当时未能确认，后经核对纸张完整，另有 1 份经核对不完整，不能使用，另有 1 份打印结果未能确认"
    assert said in page(centre, code)


def _keep(centre, receipt) -> None:
    with centre.engine.begin() as tx:
        tx.execute(update(models.certificates).values(document=msgspec.json.encode(receipt).decode()))
