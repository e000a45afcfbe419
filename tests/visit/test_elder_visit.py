"""长辈版 on real wires: offered by what the card says, read back before it is done, and printed."""

from tests.people import PINS
from tests.visit.windowless import Plan


def test_an_elder_takes_the_large_version_and_is_read_back_what_will_be_printed(branch):
    branch.bring("li-xiuying")
    shown = branch.visit(Plan("print-pension-receipt", known=(PINS["li-xiuying"],)))
    confirmed = [page.words for page in shown if page.kind == "Confirm"]
    assert [words.partition("\n")[0] for words in confirmed] == ["要用长辈版吗？", "请您核对"]
    assert "您要打印养老金的待遇领取证明。" in confirmed[1]
    [finished] = [page.words for page in shown if page.kind == "Finished"]
    assert "证明已打印" in finished
    assert shown[-1].kind == "TakeCard"
    [changed] = branch.rows("SELECT data FROM audit WHERE event = 'preferences.changed'")
    assert changed["data"] == '{"elder": true}'
