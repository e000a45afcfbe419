"""What is not done at this machine: whoever touches it is told where, without a card, the centre or a device."""

from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.questions import SEARCH, WentBack


def touch(scene, key):
    scene.attendant.answer(scene.attendant._window.shown, key)


def text(page):
    return "\n".join([page.text, *(section.text for section in page.sections)])


def test_who_lost_the_card_touches_it_between_visits_and_reads_where_to_report_it(scene):
    touch(scene, "report-loss")
    page = scene.see(dialogue.ShowArticle)
    assert "12333咨询电话" in text(page) and "银行里的钱没有挂失" in text(page)
    assert "第5问" in page.source
    scene.attendant.answer(page, WentBack())
    assert isinstance(scene.see(dialogue.Home), dialogue.Home)
    assert scene.client.asked.empty()


def test_the_centre_and_the_card_reader_may_be_away(scene):
    scene.line.note(False)
    scene.see(dialogue.Idle)
    scene.lose_reader()
    scene.attendant.answer(scene.see(dialogue.Idle), "reset-pin")
    assert "社保卡服务网点" in text(scene.see(dialogue.ShowArticle))


def test_what_the_rules_do_not_lay_down_is_found_by_search_only_and_says_so(scene):
    touch(scene, dialogue.BEGIN)
    home = scene.see(dialogue.Home)
    scene.attendant.answer(home, "card")
    assert "temporary-card" not in {option.key for option in scene.see(dialogue.Choose).options}
    scene.attendant.answer(scene.attendant._window.shown, dialogue.WentHome())
    scene.attendant.answer(scene.see(dialogue.Home), SEARCH)
    scene.answer(dialogue.EnterText, "临时卡")
    hits = scene.see(dialogue.Choose)
    assert hits.options[0].key == "temporary-card" and "没有写明" in hits.options[0].elsewhere
    scene.attendant.answer(hits, "temporary-card")
    assert scene.see(dialogue.ShowArticle).text.startswith("铜川的规定没有写明")


def test_the_search_finds_answers_and_guides_after_what_is_done_and_opens_them(scene):
    touch(scene, dialogue.BEGIN)
    scene.attendant.answer(scene.see(dialogue.Home), SEARCH)
    scene.answer(dialogue.EnterText, "断交会清零吗")
    hits = scene.see(dialogue.Choose)
    written = [option.key for option in hits.options if "/" in option.key]
    assert written[0] == "answers/p04"
    assert [option.key for option in hits.options][-len(written) :] == written
    scene.attendant.answer(hits, "answers/p04")
    assert "不会清零" in text(scene.see(dialogue.ShowArticle))
