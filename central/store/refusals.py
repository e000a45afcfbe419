"""The centre's ways to say no (``sync.protocol.refusals``), and its words for people whose kiosk does not know them."""

import msgspec
from msgspec import Struct

from sync.protocol.refusals import REFUSALS, RULE, CardOperationDetails, Refusal

SENTENCES = {
    "bad-request": "中心看不懂这台机器发来的内容，什么都没有办理。请联系工作人员。",
    "kiosk-revoked": "这台机器已被中心停用，不能办理。请到人工窗口。",
    "signature-wrong": "中心无法确认这台机器的身份，什么都没有办理。请联系工作人员。",
    "invitation-wrong": "邀请码不对、过期或已经用过，这台机器没有登记。请向中心要一个新的邀请码。",
    "certificate-wrong": "这台机器的网络证书和登记的不一致，什么都没有办理。请联系工作人员。",
    "algorithm-unknown": "中心不认识这台机器的签名算法，没有接收。请联系工作人员。",
    "seal-wrong": "中心无法确认这些记录出自这台机器，没有接收。请联系工作人员。",
    "too-often": "这台机器的请求太频繁，中心没有办理。请稍后再试。",
    "busy": "中心现在太忙，没有办成。请稍后再试，或到人工窗口办理。",
    "too-slow": "中心没有及时办完，不能确定办成没有。请稍后再试一次，同一件事不会办两遍。",
    "database-away": "中心暂时连不上数据库，不能确定办成没有。请稍后再试一次，同一件事不会办两遍。",
    "not-ready": "中心的数据库还没有准备好，暂时不能办理。请稍后再试。",
    "clock-off": "这台机器的时间不准，什么都没有办理。请联系工作人员校准时间，或到人工窗口。",
    "request-replayed": "这次请求中心已经收到过，没有再办一次。请回到首页看看办好没有，没有就重新办理。",
    "upgrade-required": "这台机器的程序太旧，中心不再接收，什么都没有办理。请联系工作人员升级，或到人工窗口。",
    "request-late": "这台机器发来的内容没有及时到齐，什么都没有办理。请稍后再试。",
    "too-large": "发送的内容太大，中心没有接收。请联系工作人员。",
    "card-unknown": "中心没有查到这张社保卡，业务没有办理。请带身份证到人工窗口查询。",
    "card-not-valid": "这张社保卡已挂失或停用，业务没有办理。请到人工窗口办理。",
    "card-not-activated": "这张社保卡的社保功能还没有激活，业务没有办理。请先在首页选“社保功能激活”。",
    "card-not-holders": "卡和身份信息对不上，业务没有办理。请带身份证和社保卡到人工窗口核对。",
    "other-region": "您的参保记录不在本地区，业务没有办理。请到参保地办理，或拨打12333。",
    "no-record": "没有查到您的参保缴费记录，证明没有开具。如有疑问，请到人工窗口或拨打12333。",
    "no-record-in-period": "您选的时间段里没有缴费记录，证明没有开具。可以换一个时间段再试。",
    "no-record-of-year": "这一年没有您的个人账户记录，记录单没有开具。可以换一年再试，或拨打12333。",
    "no-account": "您的个人账户还没有年度结算记录，凭证没有开具。请到人工窗口办理。",
    "no-pension": "没有查到您领取养老待遇的记录，证明没有开具。已经退休的，请到人工窗口或拨打12333查询。",
    "pension-already": "您已经在领取养老待遇，不需要转移养老保险关系，凭证没有开具。",
    "unit-unknown": "没有查到这个单位，证明没有开具。请核对统一社会信用代码。",
    "unit-no-record": "没有查到这个单位的参保缴费记录，证明没有开具。",
    "kind-unknown": "中心现在不开这种证明。请到人工窗口咨询。",
    "numbers-used-up": "中心今年的编号已经用完，没有办成，信息没有变化。请到人工窗口办理。",
    "certificate-unsound": "中心的记录有错，文件没有开具，信息没有变化。请到人工窗口核对。",
    "request-reused": "这次请求和之前的不一致，没有办理。请回到首页重新办理。",
    "event-unknown": "中心还没有收到这笔业务的记录，回执没有开具。请稍后再试，业务不用再办。",
    "no-receipt": "这笔业务不开回执。",
    "no-initial-pin": "本地区没有规定初始密码，密码没有重置。请到人工窗口咨询。",
    "authorisation-wrong": "这次重置密码的授权不对或已过期，卡没有变。请重新申请授权。",
    "authorisation-used": "这次重置密码的授权已经用过。要再办，请重新申请授权。",
    "card-keys-missing": "中心的卡密钥还没有准备好，没有办成。请到人工窗口办理。",
    "person-unknown": "中心没有查到您的参保信息，业务没有受理。请带身份证到人工窗口查询。",
    "proof-missing": "还没有核实身份，业务没有受理。请插入社保卡并输入密码，或刷身份证。",
    "proof-expired": "身份核实已经过了时间，业务没有办理。请结束这次办理，再重新开始。",
    "proof-wrong": "这张卡没有通过核验，业务没有办理。请带身份证和社保卡到人工窗口。",
    "other-person": "这是另一个人的证件，请先结束上一位的办理。",
    "token-unknown": "这不是电子社保卡的二维码，什么都没有办理。请打开电子社保卡，再出示一次。",
    "token-used": "这个二维码已经用过，不能再用。请在手机上刷新电子社保卡的二维码，再出示一次。",
    "token-expired": "这个二维码已经过期，一分钟内有效。请在手机上刷新电子社保卡的二维码，再出示一次。",
    "e-card-unusable": "实体卡不可用，电子社保卡也不可用。换过卡的，请先解除旧卡的关联，再重新申领电子社保卡。",
    "platform-away": "现在查不了电子社保卡，什么都没有办理。请插社保卡或刷身份证，或稍后再试。",
    "face-blocked": "人脸比对今天已经三次没有通过，今天不能再试。明天0点以后可以再办；今天要办，请到人工窗口。",
    "people-limit": "这台机器一小时内办理的人数已到上限，业务没有办理。请稍后再来，或到人工窗口办理。",
    "not-approved": "这台机器没有获准办理这项业务，什么都没有办理。请到人工窗口办理。",
    "application-open": "您已经申请过这项业务，正在办理，不用再申请。可以凭受理回执的编号到窗口查进度。",
    "application-unknown": "没有查到这个编号的申请。请核对受理回执上的编号，或到人工窗口查询。",
    "application-decided": "这项申请已经办结，结果没有改变。",
    "certificate-unknown": "没有查到这个编号的证明。请核对编号。",
    "must-refetch": "这台机器里的资料和中心的接不上，会自动重新下载。",
    "snapshot-unknown": "中心已经没有这份资料文件，会自动重新下载。",
    "feed-unknown": "中心没有这类资料。",
    "internal": "中心出了故障，没有办成。请稍后再试，或到人工窗口办理。",
}


class RefusedError(Exception):
    """The centre does not do it, for the reason named by ``code``; ``retry_after`` seconds it might.

    ``details`` are what ``REFUSALS`` wants with this code. When it ``keeps``, what was written before it in its
    transaction stays: that a try was used up, that somebody has to be told.
    """

    def __init__(
        self,
        code: str,
        retry_after: int | None = None,
        details: Struct | None = None,
        *,
        keeps: bool = False,
    ) -> None:
        super().__init__(code)
        self.code, self.retry_after, self.details, self.keeps = code, retry_after, details, keeps

    @property
    def status(self) -> int:
        """The HTTP status to answer with."""
        return REFUSALS[self.code].status

    @property
    def message(self) -> str:
        """What it says to people, in Chinese."""
        return SENTENCES[self.code]

    @property
    def refusal(self) -> Refusal:
        """The answer's body."""
        details = msgspec.to_builtins(self.details) if self.details else {}
        return Refusal(self.code, self.message, details)


class RefusedByRuleError(RefusedError):
    """The law does not let it be done here, or not so: the rules' own reason and words."""

    def __init__(self, reason: str, text: str, details: CardOperationDetails) -> None:
        super().__init__(f"{RULE}{reason}", details=details)
        self._text = text

    @property
    def message(self) -> str:
        """What the rules say."""
        return self._text
