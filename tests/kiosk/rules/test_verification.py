"""The lines of a verification."""

from kiosk.rules.verification import verification_lines


def test_the_verification_lines_are_those_of_the_platform_word_for_word(ask):
    result = ask(
        "verification-lines",
        card="社保卡状态正常。",
        institution_pension=None,
        employee_benefit=None,
        resident_benefit=None,
    )

    assert result["lines"] == [
        "社保卡状态:社保卡状态正常。",
        "机关养老参保状态:未查询到机关养老保险信息。",
        "职工养老待遇:未查询到职工养老保险待遇信息。",
        "城乡居民养老待遇:未查询到居民养老保险待遇信息。",
    ]


def test_what_was_found_stands_behind_its_label_with_one_full_stop():
    lines = verification_lines(card="社保卡状态正常", employee_benefit="正常领取。").result.lines

    assert (lines[0], lines[2]) == ("社保卡状态:社保卡状态正常。", "职工养老待遇:正常领取。")
