"""What the kiosk says when the centre refuses: by the code, in the citizen's language."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from kiosk.dialogue.phone import HOTLINE
from kiosk.dialogue.words import TranslatableText, _
from kiosk.rules.card_operation import refusal_text
from kiosk.rules.errors import InvalidInputError
from sync.answers import CentralRefusedError
from sync.protocol.refusals import REFUSALS, RULE, CardOperationDetails, RefusalKind

SENTENCES: Mapping[str, TranslatableText] = {
    "bad-request": _("中心看不懂这台机器发来的内容，什么都没有办理。请联系工作人员。"),
    "kiosk-revoked": _("这台机器已被中心停用，不能办理。请到人工窗口。"),
    "signature-wrong": _("中心无法确认这台机器的身份，什么都没有办理。请联系工作人员。"),
    "invitation-wrong": _("邀请码不对、过期或已经用过，这台机器没有登记。请向中心要一个新的邀请码。"),
    "certificate-wrong": _("这台机器的网络证书和登记的不一致，什么都没有办理。请联系工作人员。"),
    "algorithm-unknown": _("中心不认识这台机器的签名算法，没有接收。请联系工作人员。"),
    "seal-wrong": _("中心无法确认这些记录出自这台机器，没有接收。请联系工作人员。"),
    "too-often": _("这台机器的请求太频繁，中心没有办理。请稍后再试。"),
    "busy": _("中心现在太忙，没有办成。请稍后再试，或到人工窗口办理。"),
    "too-slow": _("中心没有及时办完，不能确定办成没有。请稍后再试一次，同一件事不会办两遍。"),
    "database-away": _("中心暂时连不上数据库，不能确定办成没有。请稍后再试一次，同一件事不会办两遍。"),
    "request-late": _("中心没有及时办完，不能确定办成没有。请稍后再试一次，同一件事不会办两遍。"),
    "clock-off": _("这台机器的时间不准，什么都没有办理。请联系工作人员校准时间，或到人工窗口。"),
    "request-replayed": _("这次请求中心已经收到过，没有再办一次。请回到首页看看办好没有，没有就重新办理。"),
    "upgrade-required": _(
        "这台机器的程序太旧，中心不再接收，什么都没有办理。请联系工作人员升级，或到人工窗口。"
    ),
    "too-large": _("发送的内容太大，中心没有接收。请联系工作人员。"),
    "card-unknown": _("中心没有查到这张社保卡，业务没有办理。请带身份证到人工窗口查询。"),
    "card-not-valid": _("这张社保卡已挂失或停用，业务没有办理。请到人工窗口办理。"),
    "card-not-activated": _("这张社保卡的社保功能还没有激活，业务没有办理。请先在首页选“社保功能激活”。"),
    "card-not-holders": _("卡和身份信息对不上，业务没有办理。请带身份证和社保卡到人工窗口核对。"),
    "other-region": _("您的参保记录不在本地区，业务没有办理。请到参保地办理，或拨打{phone}。", phone=HOTLINE),
    "no-record": _(
        "没有查到您的参保缴费记录，证明没有开具。如有疑问，请到人工窗口或拨打{phone}。", phone=HOTLINE
    ),
    "no-record-in-period": _("从{first}到{last}没有缴费记录，证明没有开具。可以换一个时间段再试。"),
    "no-record-of-year": _("{year}年没有您的个人账户记录，记录单没有开具。可以换一年再试，或拨打{phone}。"),
    "no-account": _("您的个人账户还没有年度结算记录，凭证没有开具。请到人工窗口办理。"),
    "no-pension": _(
        "没有查到您领取养老待遇的记录，证明没有开具。已经退休的，请到人工窗口或拨打{phone}查询。",
        phone=HOTLINE,
    ),
    "pension-already": _("您已经在领取养老待遇，不需要转移养老保险关系，凭证没有开具。"),
    "kind-unknown": _("中心现在不开这种证明。请到人工窗口咨询。"),
    "numbers-used-up": _("中心今年的编号已经用完，没有办成，信息没有变化。请到人工窗口办理。"),
    "certificate-unsound": _("中心的记录有错，文件没有开具，信息没有变化。请到人工窗口核对。"),
    "request-reused": _("这次请求和之前的不一致，没有办理。请回到首页重新办理。"),
    "event-unknown": _("中心还没有收到这笔业务的记录，回执没有开具。请稍后再试，业务不用再办。"),
    "no-receipt": _("这笔业务不开回执。"),
    "no-initial-pin": _("本地区没有规定初始密码，密码没有重置。请到人工窗口咨询。"),
    "authorisation-wrong": _("这次重置密码的授权不对或已过期，卡没有变。请重新申请授权。"),
    "authorisation-used": _("这次重置密码的授权已经用过。要再办，请重新申请授权。"),
    "card-keys-missing": _("中心的卡密钥还没有准备好，没有办成。请到人工窗口办理。"),
    "person-unknown": _("中心没有查到您的参保信息，业务没有受理。请带身份证到人工窗口查询。"),
    "proof-missing": _("还没有核实身份，业务没有受理。请插入社保卡并输入密码，或刷身份证。"),
    "proof-expired": _("身份核实已经过了时间，业务没有办理。请结束这次办理，再重新开始。"),
    "proof-wrong": _("这张卡没有通过核验，业务没有办理。请带身份证和社保卡到人工窗口。"),
    "other-person": _("这是另一个人的证件，请先结束上一位的办理。"),
    "token-unknown": _("这不是电子社保卡的二维码，什么都没有办理。请打开电子社保卡，再出示一次。"),
    "token-used": _("这个二维码已经用过，不能再用。请在手机上刷新电子社保卡的二维码，再出示一次。"),
    "token-expired": _("这个二维码已经过期，一分钟内有效。请在手机上刷新电子社保卡的二维码，再出示一次。"),
    "e-card-unusable": _(
        "实体卡不可用，电子社保卡也不可用。换过卡的，请先解除旧卡的关联，再重新申领电子社保卡。"
    ),
    "platform-away": _("现在查不了电子社保卡，什么都没有办理。请插社保卡或刷身份证，或稍后再试。"),
    "face-blocked": _(
        "人脸比对今天已经三次没有通过，今天不能再试。明天0点以后可以再办；今天要办，请到人工窗口。"
    ),
    "people-limit": _("这台机器一小时内办理的人数已到上限，业务没有办理。请稍后再来，或到人工窗口办理。"),
    "not-approved": _("这台机器没有获准办理这项业务，什么都没有办理。请到人工窗口办理。"),
    "application-open": _("您已经申请过这项业务，正在办理，不用再申请。可以凭受理回执的编号到窗口查进度。"),
    "application-unknown": _("没有查到这个编号的申请。请核对受理回执上的编号，或到人工窗口查询。"),
    "certificate-unknown": _("没有查到这份证明。请和纸上的校验码逐个字符核对。"),
    "internal": _("中心出了故障，没有办成。请稍后再试，或到人工窗口办理。"),
}
"""By code; what the rules of a region refuse is said in their own words."""


def refusal_sentence(refusal: CentralRefusedError) -> str:
    """Return why the centre refused, as a text that can be said in the citizen's language.

    A code that is not known here, or comes without the details that it should have, is said in the centre's words.
    """
    match REFUSALS.get(refusal.code), refusal.details:
        case RefusalKind(), CardOperationDetails() as details:
            return _by_the_rules(refusal, details)
        case RefusalKind(), Struct() as details:
            return TranslatableText(SENTENCES[refusal.code].msgid, phone=HOTLINE, **_values(details))
        case RefusalKind(details=None), _ if refusal.code in SENTENCES:
            return SENTENCES[refusal.code]
        case _:
            return TranslatableText(refusal.message)


def _by_the_rules(refusal: CentralRefusedError, details: CardOperationDetails) -> str:
    reason: Any = refusal.code.removeprefix(RULE)
    try:
        return refusal_text(function="social", reason=reason, **asdict(details))
    except InvalidInputError:  # a region that this kiosk has no pack of
        return TranslatableText(refusal.message)


def _values(details: Struct) -> dict[str, str]:
    # As text: a whole number would be taken for a count, which the voice may say aloud.
    return {name: str(value) for name, value in asdict(details).items()}
