"""ID card and electronic card through their own wires: the readers' simulators, ptys, drivers, loop and visit."""

from dataclasses import dataclass

import pytest

from hardware.id_card.reader import IdCardReader
from hardware.scanner.scanner import Scanner
from hardware.simulator.id_reader import SimulatedIdReader
from hardware.simulator.scanner import SimulatedScanner
from hardware.status import DeviceState, MediaState
from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.questions import CitizenFinished
from tests.kiosk.scene import Scene, at_work


@dataclass(frozen=True)
class Wired:
    """A kiosk at work, and the readers that the test lays and shows things to."""

    scene: Scene
    id_cards: SimulatedIdReader
    codes: SimulatedScanner


@pytest.fixture
def wired(tmp_path):
    """A kiosk at rest with real drivers at simulated readers."""
    id_link, scanner_link = tmp_path / "id-reader", tmp_path / "scanner"
    with (
        SimulatedIdReader(id_link) as id_cards,
        SimulatedScanner(scanner_link) as codes,
        at_work(tmp_path / "data") as scene,
    ):
        told = scene.attendant
        with (
            IdCardReader(str(id_link), told.device_changed) as id_reader,
            Scanner(str(scanner_link), told.code_scanned, told.device_changed) as scanner,
        ):
            scene.have(id_reader, scanner)
            scene.wait_until(lambda: id_reader.status.media is MediaState.NOT_PRESENT)
            scene.wait_until(lambda: scanner.state is DeviceState.ONLINE)
            yield Wired(scene, id_cards, codes)


def test_an_id_card_greets_and_is_called_after_until_the_reader_sees_it_lifted(wired):
    wired.id_cards.put("wang-jianguo")
    menu = wired.scene.see(dialogue.Choose)
    assert menu.title == "王*国，您好"
    wired.scene.attendant.answer(menu, CitizenFinished())
    assert wired.scene.see(dialogue.TakeCard).title == "请取走您的身份证"
    wired.id_cards.lift()
    wired.scene.see(dialogue.Idle)


def test_a_code_greets_and_another_persons_id_card_ends_the_visit(wired):
    wired.codes.scan_new()
    assert wired.scene.see(dialogue.Choose).title == "王*国，您好"
    wired.id_cards.put("li-xiuying")
    assert wired.scene.see(dialogue.Notice).title == "这是另一个人的证件，请先结束上一位的办理"
    wired.id_cards.lift()
    wired.scene.see(dialogue.Idle)
