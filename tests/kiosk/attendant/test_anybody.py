"""A visit without a card: anyone may begin it with a touch, ask, and go; a card that goes in goes on as its own."""

from dataclasses import replace

from kiosk.attendant import citizen_visit
from kiosk.attendant.timeouts import Timeouts
from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.questions import BEGIN, CitizenFinished, WentBack
from kiosk.services import service as declarations
from kiosk.services.service import ANYBODY, Gets, Offline, Proof
from kiosk.visit.visit import NotShownError, VisitState
from tests.kiosk.scene import at_work


def begin(scene, touched=BEGIN):
    scene.attendant.answer(scene.attendant._window.shown, touched)


def started(scene):
    return [row["data"] for row in scene.store.rows("SELECT data FROM audit WHERE event = 'visit.started'")]


def test_a_touch_begins_a_visit_of_nobody_and_the_end_leads_back_at_once(scene):
    begin(scene)
    menu = scene.see(dialogue.Choose)
    assert menu.title == "您好"
    assert menu.others == (), "there is nobody to act for"
    scene.attendant.answer(menu, CitizenFinished())
    assert isinstance(scene.shown.get(timeout=5)[0], dialogue.Idle), "nobody is told to take a card"
    assert scene.attendant._visit.state == VisitState()
    assert started(scene) == ['{"credential": "none"}'] and scene.recorded()[-1] == "visit.ended"


def test_a_service_that_was_touched_between_visits_begins_without_the_menu(scene, monkeypatch):
    monkeypatch.setattr(citizen_visit, "services", lambda: {"card-information": everybodys(ask)})
    begin(scene, "card-information")
    scene.answer(dialogue.IntroduceService, None)
    assert scene.see(dialogue.Confirm).title == "?"


def test_what_is_on_no_menu_begins_nothing(scene):
    begin(scene, "invented")
    scene.insert()
    scene.see(dialogue.Choose)
    assert scene.unexpected.pop() == "Answered means nothing in rest"
    assert started(scene) == ['{"credential": "card"}']


def test_a_service_that_wants_the_card_is_offered_and_asks_for_it(scene):
    begin(scene)
    scene.choose("card-information", scene.see(dialogue.Home))
    assert [way.key for way in scene.see(dialogue.PresentCredential).accepted] == ["card"]


def test_whoever_falls_silent_is_asked_and_then_nobody_is_here(tmp_path):
    with at_work(tmp_path, Timeouts(answer=0.2, still_there=0)) as scene:
        begin(scene)
        scene.see(dialogue.InactivityWarning)
        scene.see(dialogue.Idle)
        assert scene.recorded() == ["visit.started", "visit.ended"]


def test_a_service_that_uses_what_nobody_showed_is_a_fault_that_staff_can_look_up(scene, monkeypatch):
    monkeypatch.setattr(citizen_visit, "services", lambda: {"card-information": everybodys(read_card)})
    monkeypatch.setattr(scene.attendant, "_default_timeouts", Timeouts(linger=0.2))
    begin(scene, "card-information")
    scene.answer(dialogue.IntroduceService, None)
    page = scene.see(dialogue.OutOfService)
    assert "取回您的卡" not in page.text
    scene.see(dialogue.Idle)
    assert NotShownError.__name__ in scene.data("service.failed")[0]


def test_back_from_a_service_leads_to_the_menu_of_nobody(scene, monkeypatch):
    monkeypatch.setattr(citizen_visit, "services", lambda: {"card-information": everybodys(ask)})
    begin(scene, "card-information")
    scene.answer(dialogue.IntroduceService, None)
    scene.answer(dialogue.Confirm, WentBack())
    assert scene.see(dialogue.Choose).title == "您好"


def everybodys(run):
    """Return a service that needs nothing."""
    declared = declarations.services()["card-information"]
    return replace(
        declared, run=run, accepts=ANYBODY, proof=Proof.NOTHING, offline=Offline.SERVE, gets=Gets.ANSWER
    )


def ask(_visit):
    yield dialogue.Confirm(title="?", text="", yes="", no="")


def read_card(visit):
    yield dialogue.Notice(title=str(visit.card))


def test_a_guide_leads_to_what_goes_on_with_it_and_back_from_that_to_the_first_page(scene):
    """Nothing was published to this kiosk: it has the bundled guides, and no outlets."""
    begin(scene, "guides")
    scene.answer(dialogue.Choose, "read-guides")
    scene.answer(dialogue.IntroduceService, None)
    scene.answer(dialogue.FindInList, "g01")
    article = scene.see(dialogue.ShowArticle)
    assert [action.key for action in article.actions] == ["outlets/社保卡申领", "slip"]
    scene.attendant.answer(article, "outlets/社保卡申领")
    outlets = scene.see(dialogue.ShowArticle)
    assert outlets.title == "附近网点"
    scene.attendant.answer(outlets, WentBack())
    scene.see(dialogue.Home)
    assert scene.recorded().count("service.started") == 2
    scene.loose.clear()  # what a guide says is published, in Chinese
