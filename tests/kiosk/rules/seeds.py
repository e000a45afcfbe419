"""The seed documents as passages: one article of one source, without white space and page numbers."""

import re
from functools import cache
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[4] / "shared" / "seeds"
DIGITS = "零一二三四五六七八九"

# Statutes: the seed's number, and where the document begins and ends in it.
STATUTES = {
    "regulation": ("000", "六、社会保险经办条例第一章总则", None),
    "provisions": ("002", "累计缴费不足十五年的,可第一章", None),
    "karamay": ("004", "克拉玛依市二代社会保障卡管理暂行办法第一章", "第二篇:社会保障卡"),
    "dalian": ("004", "大连市社会保障卡管理暂行办法第一章", "第四篇:武汉市"),
    "wuhan": ("004", "武汉市社会保障卡管理暂行办法第一章", "第五篇:韶关市"),
    "shaoguan": ("004", "韶关市社会保障卡管理暂行办法第一条", "下载克拉玛依"),
}
# Other documents: the same, and what their headings look like.
HEADED = {
    "liaoning": (
        "004",
        "使用说明根据",
        "第三篇:大连市",
        "[一二三四五六七八]、(?:二代卡的|配套服务)|附:社会保障卡服务网点",
    ),
    "wendeng-loss": (
        "003",
        "社会保障卡临时挂失、解除挂失服务指南",
        "(黄燕华)",
        "0[1-9](?=[^0-9])|1[0-2](?=[咨办声])",
    ),
    "wendeng-transfer": (
        "003",
        "四项社会保险关系的转移接续办法企业",
        "(曹毅)",
        "(?:企业职工养老|工伤|失业|职工医疗)保险:",
    ),
    "wendeng-disability": ("003", "重度残疾人参加居民养老保险优惠多", "(徐鹏)", "一、政府|二、领取"),
    "wendeng-resident": ("003", "社保问答:领取", None, "社保问答"),
    "wendeng-publicity": ("003", "居民养老保险第三季度发放公示开始为", "(黄燕华)职工基本", "全文"),
    "query-password": ("004", "社保初始查询密码社保初始", "社会保障卡社会保障卡是什么", "全文"),
}
# The handbook: its parts, where they begin and end, and the mark behind a number.
HANDBOOK = {
    "一、养老保险": (
        "1.领取养老金需要什么条件?领取养老金应",
        "二、社保卡1.陕西省社会保障卡如何申领?可在",
        ".",
    ),
    "二、社保卡": ("1.陕西省社会保障卡如何申领?可在", "社保卡应急处理电话正在", "."),
    "四、刷脸办": ("1、适用人群", "五、2023年度", "、"),
}


def passage(source: str, article: str) -> str:
    """Return the squeezed text of an article of a source."""
    article = squeeze(article)
    if source in STATUTES:
        number, begin, end = STATUTES[source]
        return statute_article(between(seed(number), begin, end), article)
    if source in HEADED:
        number, begin, end, heading = HEADED[source]
        return headed_article(between(seed(number), begin, end), article, heading)
    if article == "二、社保卡应急处理电话":
        return between(seed("000"), "社保卡应急处理电话正在", "三、铜川市人社一体化受理平台作指南1.")
    if article.startswith("三、"):
        return between(seed("000"), "5.5.15人员信息核验核验结果", "陕西社会保险APP铜川")
    part, number = re.fullmatch(r"(.+?)第(\d+)[问项]", article).groups()
    begin, end, mark = HANDBOOK[part]
    return numbered(between(seed("000"), begin, end), int(number), mark)


@cache
def seed(number: str) -> str:
    """Return a seed document without white space and page numbers."""
    if not FOLDER.is_dir():
        pytest.skip("the seed documents are not beside this checkout: shared/seeds is missing")
    text = next(FOLDER.glob(f"{number}_*.txt")).read_text("utf-8")
    return squeeze(re.sub(r"\n\d{1,3}\n(?=\n)", "\n", text))


def squeeze(text: str) -> str:
    """Return a text without white space."""
    return re.sub(r"\s+", "", text)


def between(text: str, begin: str, end: str | None) -> str:
    """Return the part of a text from one marker to another."""
    assert begin in text, f"the seed has no {begin!r}"
    part = begin + text.split(begin, 1)[1]
    return part.split(end, 1)[0] if end else part


def numeral(number: int) -> str:
    """Return a number below 100 in Chinese, as article numbers are written."""
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else DIGITS[tens]) + ("十" if tens else "") + (DIGITS[ones] if ones else "")


def statute_article(document: str, article: str) -> str:
    """Return an article; headings come in order, so a reference back is never taken for one."""
    begin = -1
    for number in range(1, 100):
        begin = document.find(f"第{numeral(number)}条", begin + 1)
        assert begin >= 0, f"the seed has no {article}"
        if f"第{numeral(number)}条" == article:
            following = document.find(f"第{numeral(number + 1)}条", begin + 1)
            return document[begin : following if following > 0 else len(document)]
    raise AssertionError(f"{article!r} is no article")


def headed_article(document: str, article: str, heading: str) -> str:
    """Return the text below a heading, up to the next one."""
    if article in ("全文", "社保问答"):
        return document
    starts = [0, *(match.start() for match in re.finditer(heading, document)), len(document)]
    at = 0 if article == "导语" else document.find(article)
    assert at in starts, f"the seed has no heading {article!r}"
    return document[at : next(start for start in starts if start > at)]


def numbered(text: str, number: int, mark: str) -> str:
    """Return a numbered question or item."""
    begin = re.search(rf"(?<!\d){number}{re.escape(mark)}(?!\d)", text)
    assert begin, f"the seed has no {number}{mark}"
    rest = text[begin.start() :]
    following = re.search(rf"(?<!\d){number + 1}{re.escape(mark)}(?!\d)", rest)
    return rest[: following.start()] if following else rest
