"""The simulated reader as a product: its processes, its cards and its control channel."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from socket import AF_UNIX, socket

import pytest

from hardware.simulator import pcscd, personalisation, reader_process
from hardware.simulator.card import Mute, Pulled, SimulatedCard
from hardware.simulator.card_file import CardFileError
from hardware.simulator.control import ControlError, tell
from hardware.simulator.pcscd import ReaderStartError
from hardware.simulator.reader import SimulatedReader
from tests.deadline import DEADLINE_SECONDS
from tests.hardware.card.conftest import Kiosk, start_simulated
from tests.hardware.card.simulator import PROGRAM, environment

PARENT = """
import sys, time
from pathlib import Path
from hardware.simulator.pcscd import ReaderStartError
from hardware.simulator.reader import SimulatedReader
reader = SimulatedReader(Path(sys.argv[1])).start()
reader.insert("wang-jianguo")
print(reader._process.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder():
    with tempfile.TemporaryDirectory(prefix="card-", dir="/tmp") as folder:
        yield Path(folder)


def children(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True)
    return [int(word) for word in listed.stdout.split()]


def ended(pid: int) -> bool:
    try:
        return "Z" in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True


def wait_until_ended(pids: list[int]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not all(map(ended, pids)):
        assert time.monotonic() < deadline, f"still running: {[pid for pid in pids if not ended(pid)]}"
        time.sleep(0.02)


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_stays_behind_however_the_parent_ends(needs_pcscd, folder, signal_number):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder)],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    simulator = int(parent.stdout.readline())
    family = [simulator, *children(simulator)]
    assert len(family) == 2
    parent.send_signal(signal_number)
    parent.wait(DEADLINE_SECONDS)
    wait_until_ended(family)


def test_pcscd_does_not_outlive_a_killed_simulator(needs_pcscd, folder):
    with SimulatedReader(folder) as simulated:
        pid = simulated._process.pid
        family = [pid, *children(pid)]
        os.kill(pid, signal.SIGKILL)
        wait_until_ended(family)


def test_simulated_readers_side_by_side_do_not_see_each_other(needs_pcscd):
    citizens = ["wang-jianguo", "li-xiuying", "ouyang-qing"]
    folders = [tempfile.TemporaryDirectory(prefix="card-", dir="/tmp") for _ in citizens]
    readers = [SimulatedReader(Path(folder.name)).start() for folder in folders]
    try:
        programs = []
        for citizen, reader in zip(citizens, readers, strict=True):
            reader.insert(citizen)
            own = environment(PCSCLITE_CSOCK_NAME=str(reader.socket))
            programs.append(
                subprocess.Popen([sys.executable, "-c", PROGRAM], env=own, stdout=subprocess.PIPE, text=True)
            )
        identities = [program.communicate(timeout=DEADLINE_SECONDS)[0].strip() for program in programs]
    finally:
        for reader, folder in zip(readers, folders, strict=True):
            reader.close()
            folder.cleanup()
    assert identities == [personalisation.load(citizen).basic.identity for citizen in citizens]


def without_namespaces(folder, run_folder: str) -> subprocess.CompletedProcess[str]:
    """Read a card on a machine that permits no namespaces, with a /run of this kind."""
    if os.getuid():
        pytest.skip("only root can take the namespaces away from itself")
    inner = (
        f"{run_folder} && cd /proc/sys/user &&"
        " echo 0 >max_user_namespaces && echo 0 >max_net_namespaces &&"
        f" exec {sys.executable} -c '{WITHOUT_NAMESPACES}' {folder}"
    )
    run = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", inner],
        env=environment(PCSCLITE_CSOCK_NAME=str(folder / "pcscd")),
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
    )
    if "unshare" in run.stderr:
        pytest.skip(f"no user namespaces at all here: {run.stderr}")
    return run


def test_it_works_where_user_namespaces_are_not_permitted(needs_pcscd, folder):
    run = without_namespaces(folder, "mount -t tmpfs none /run && mkdir /run/pcscd")
    assert run.stdout.split() == ["610200D15600000500000002B2C3D4E5", "False"], run.stderr


def test_where_pcscd_cannot_have_its_folder_either_it_says_what_root_must_do(needs_pcscd, folder):
    run = without_namespaces(folder, "mount -t tmpfs -o ro none /run")
    assert "as root, mkdir /run/pcscd" in run.stderr


WITHOUT_NAMESPACES = (
    "import sys\n"
    "from pathlib import Path\n"
    "from hardware.simulator.reader import SimulatedReader\n"
    "with SimulatedReader(Path(sys.argv[1])) as simulated:\n"
    '    simulated.insert("li-xiuying")\n'
    + "".join(f"    {line}\n" for line in PROGRAM.strip().splitlines())
    + '    print("0x8c7b" in (Path(sys.argv[1]) / "readers/simulated").read_text())\n'
)


def test_a_path_too_long_for_a_socket_is_refused_at_once(tmp_path):
    with pytest.raises(ReaderStartError, match="too long"):
        SimulatedReader(tmp_path / ("x" * 100))


def test_a_simulator_that_cannot_start_says_so(tmp_path):
    with pytest.raises(ReaderStartError), tempfile.TemporaryDirectory(dir="/tmp") as gone:
        SimulatedReader(Path(gone) / "none").start()


def test_orders_that_cannot_be_followed_are_refused_with_a_reason(simulated):
    with pytest.raises(ControlError, match="no card is in"):
        simulated.fault("delay_ms", 5)
    with pytest.raises(ControlError, match="No such file"):
        simulated.insert("nobody")
    simulated.insert("wang-jianguo")
    with pytest.raises(ControlError, match="ValidationError"):
        simulated.fault("invented", 1)


def test_the_control_channel_lists_the_cards_that_come_with_it(simulated):
    assert {"wang-jianguo", "li-xiuying", "ouyang-qing", "bank-card"} <= set(tell(simulated.control, "cards"))


def test_a_card_of_ones_own_is_put_in_by_path(simulated, tmp_path):
    mine = tmp_path / "mine.toml"
    text = (personalisation.CARDS / "wang-jianguo.toml").read_text()
    mine.write_text(text.replace("王建国", "吴二"))
    kiosk = Kiosk()
    simulated.insert(mine)
    with kiosk.reader.session(kiosk.wait_for_card()) as card:
        assert card.read_holder().name == "吴二"
    kiosk.reader.close()


def test_renewed_cards_have_their_first_pin_again(simulated):
    kiosk = Kiosk()
    simulated.insert("zhou-qiang")
    with kiosk.reader.session(kiosk.wait_for_card()) as card:
        assert card.pin_status().locked
    simulated.remove()
    tell(simulated.control, "renew")
    assert simulated.noticed() == 1
    kiosk.reader.close()


def test_the_status_tells_which_card_is_in_and_what_became_of_its_pin(simulated):
    assert tell(simulated.control, "status") == {"card": None, "cards": {}}
    simulated.insert("zhou-qiang")
    simulated.swap("wang-jianguo")
    status = tell(simulated.control, "status")
    assert status["card"] == "wang-jianguo"
    assert {name: card["left"] for name, card in status["cards"].items()} == {
        "zhou-qiang": 0,
        "wang-jianguo": 6,
    }
    is_its_pin = status["cards"]["wang-jianguo"]["pin"] == personalisation.load("wang-jianguo").pin.value
    assert is_its_pin  # and not in the output
    simulated.remove()
    assert tell(simulated.control, "status")["card"] is None


def test_at_its_real_speed_pcscd_tells_of_cards_too(needs_pcscd):
    simulated, kiosk = start_simulated(), Kiosk()
    try:
        for number, citizen in enumerate(["wang-jianguo", "li-xiuying", "ouyang-qing"], 1):
            simulated.swap(citizen)
            with kiosk.reader.session(kiosk.wait_for(lambda s, n=number: s.insertion == n).insertion) as card:
                assert card.identity == personalisation.load(citizen).basic.identity
    finally:
        kiosk.reader.close()
        simulated.close()


NOBODYS = ("999999", "XXA", "HKG000000000", "83000018920229", "961999")
"""How numbers begin that nobody can have: no such place, country or pass, or a birth in 1892."""


def test_every_card_that_comes_with_it_is_an_invented_person():
    for name in personalisation.names():
        holder = personalisation.load(name).holder
        assert holder is None or holder.id_number.startswith(NOBODYS)


AGREED = """
wang-jianguo 王建国 1 1975-03-17 999999197503170619 A1024575X 610200D15600000500000001A1B2C3D4 2.0  739154
li-xiuying   李秀英 2 1948-09-06 99999919480906142X A10249486 610200D15600000500000002B2C3D4E5 1.00 862047
ouyang-qing  欧阳晴 2 1999-05-23 999999199905230281 A10249996 610200D15600000500000003C3D4E5F6 2.0  504918
"""


@pytest.mark.parametrize("agreed", AGREED.strip().splitlines())
def test_the_three_citizens_of_the_demonstration_are_as_agreed(agreed):
    key, *personal = agreed.split()
    card = personalisation.load(key)
    holder, basic = card.holder, card.basic
    who = [holder.name, holder.sex, str(holder.birth), holder.id_number]
    assert [*who, basic.number, basic.identity, basic.version, card.pin.value] == personal


def test_a_misspelt_personalisation_is_refused(tmp_path):
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[faults]\nmuted_after = 3\n")
    with pytest.raises(CardFileError, match="muted_after"):
        personalisation.load(wrong)


def test_raw_records_replace_those_of_the_card(tmp_path):
    corrupt = tmp_path / "corrupt.toml"
    text = (personalisation.CARDS / "wang-jianguo.toml").read_text()
    corrupt.write_text(text + '\n[records]\n"EF06/09" = "09FF00"\n"EF06/4E" = ""\n')
    files = personalisation.load(corrupt).files()
    assert files["EF06"][0x09] == bytes.fromhex("09FF00")
    assert 0x4E not in files["EF06"]


def test_the_records_are_those_of_the_published_layout():
    basic = personalisation.Basic(
        identity="610200D15600000500000002A1B2C3D4",
        number="A12345674",
        version="2.0",
        issued=date(2020, 1, 1),
        valid_until=date(2030, 1, 1),
    )
    holder = personalisation.Holder(
        "999999199001011238", "张测试", "1", date(1990, 1, 1), nation="01", birthplace="610202"
    )
    files = personalisation.Personalisation(basic, holder).files()
    assert b"".join(files["EF05"].values()) == bytes.fromhex(
        "0110610200D15600000500000002A1B2C3D4 020133 0304322E3000 040C915600000261020061020001"
        "050420200101 060420300101 0709413132333435363734"
    )
    assert b"".join(files["EF06"].values()) == bytes.fromhex(
        "0812393939393939313939303031303131323338"
        "091ED5C5B2E2CAD4000000000000000000000000000000000000000000000000"
        "4E140000000000000000000000000000000000000000 0A0131 0B0101 0C03610202 0D0419900101"
    )


@pytest.mark.parametrize(("fault", "error"), [("mute_after", Mute), ("remove_after", Pulled)])
def test_a_fault_begins_after_the_given_number_of_commands(fault, error):
    card = SimulatedCard(personalisation.load("wang-jianguo"))
    card.set_fault(fault, "2")
    card.answer(bytes.fromhex("0084000008"))
    card.answer(bytes.fromhex("0084000008"))
    with pytest.raises(error):
        card.answer(bytes.fromhex("0084000008"))


@pytest.mark.parametrize(
    "command", ["", "00", "00A40400", "00A404000F73", "FFFFFFFFFF", "00B2010000", "8024000000"]
)
def test_a_simulated_card_answers_nonsense_with_a_status_word(command):
    answer = SimulatedCard(personalisation.load("wang-jianguo")).answer(bytes.fromhex(command))
    assert len(answer) == 2
    assert answer != b"\x90\x00"


def test_the_socket_names_are_short():
    assert max(map(len, (pcscd.SOCKET, reader_process.CONTROL))) < 10


def test_a_second_card_reader_in_one_folder_leaves_the_first_alone(needs_pcscd):
    with (
        tempfile.TemporaryDirectory(prefix="card-", dir="/tmp") as folder,
        SimulatedReader(Path(folder)) as first,
    ):
        first.insert("wang-jianguo")
        with pytest.raises(ReaderStartError, match="in use"):
            SimulatedReader(Path(folder)).start()
        assert first.tell("status")["card"] == "wang-jianguo"
        with socket(AF_UNIX) as line:
            line.connect(str(first.socket))


def test_what_listens_where_pcscd_would_is_left_alone(needs_pcscd):
    with tempfile.TemporaryDirectory(prefix="card-", dir="/tmp") as folder, socket(AF_UNIX) as listener:
        listener.bind(f"{folder}/{pcscd.SOCKET}")
        listener.listen()
        with pytest.raises(ReaderStartError, match="in use"):
            SimulatedReader(Path(folder)).start()
        assert Path(folder, pcscd.SOCKET).exists() and not Path(folder, reader_process.CONTROL).exists()
