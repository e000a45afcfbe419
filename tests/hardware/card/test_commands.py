"""``kiosk card`` and ``kiosk simulate card`` as staff use them."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import closing
from ctypes import CDLL
from pathlib import Path

import pytest

from hardware.simulator.control import tell
from hardware.simulator.personalisation import CARDS
from tests.deadline import DEADLINE_SECONDS
from tests.hardware.card.conftest import Kiosk, start_simulated

ROOT = Path(__file__).parents[3]


def command(module: str, *arguments: str, **environment: str) -> subprocess.Popen:
    script = f"import sys; from kiosk.commands.{module} import card; sys.argv[0] = 'kiosk'; card()"
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def read(*arguments: str, **environment: str) -> tuple[int, str, str]:
    process = command("card", "read", *arguments, **environment)
    out, err = process.communicate(timeout=DEADLINE_SECONDS)
    return process.returncode, out, err


def test_a_card_is_shown_masked(simulated, put_in):
    put_in("wang-jianguo")
    code, out, err = read()
    assert (code, err) == (0, "")
    assert "持卡人：王*国 999999********0619" in out
    assert "卡号：A1****75X" in out
    assert "还可以输 6 次" in out
    assert "尾号 0017" in out


def test_a_foreigners_card_is_shown_without_birth_and_sex(simulated, put_in):
    put_in("anna-example")
    code, out, err = read("--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["holder"] == {
        "name_masked": "E**",
        "id_number_masked": "XXA*001",
        "sex": None,
        "birth_year": None,
    }


def test_a_card_that_is_not_for_the_kiosk_is_told_apart_from_one_that_cannot_be_read(
    simulated, put_in, tmp_path
):
    card = (CARDS / "anna-example.toml").read_text().replace("XXA000000000000001", "XXAX00000000000001")
    (tmp_path / "odd.toml").write_text(card)
    put_in(str(tmp_path / "odd.toml"))
    code, out, err = read("--json")
    assert (code, out) == (8, "")
    assert "请持卡人到窗口办理" in err
    assert "foreign-number: 社会保障号码" in err
    assert "000000000001" not in err


def test_an_item_that_contradicts_the_id_number_is_a_warning(simulated, put_in, tmp_path):
    card = (CARDS / "wang-jianguo.toml").read_text().replace('sex = "1"', 'sex = "2"')
    (tmp_path / "card.toml").write_text(
        card.replace("1975-03-17", "1975-03-18").replace("王建国", "王　建国")
    )
    put_in(str(tmp_path / "card.toml"))

    code, out, _ = read("--json")

    report = json.loads(out)
    assert code == 0
    assert report["warnings"] == ["sex_contradicts_id_number", "birth_contradicts_id_number"]
    assert report["holder"] == {
        "name_masked": "王*国",
        "id_number_masked": "999999********0619",
        "sex": "1",
        "birth_year": 1975,
    }
    assert "性别项与社会保障号码不符" in read()[1]


def test_a_card_as_json_has_the_documented_fields(simulated, put_in):
    put_in("sun-li")
    code, out, _ = read("--json")
    assert code == 0
    assert json.loads(out) == {
        "region": "610200",
        "card_number_masked": "A1****044",
        "card_identity": "610200D156000005000000081829A0B1",
        "version": "2.0",
        "issued": "2018-06-01",
        "valid_until": "2028-06-01",
        "holder": {
            "name_masked": "孙*",
            "id_number_masked": "999999********0840",
            "sex": "2",
            "birth_year": 1966,
        },
        "pin": {"set": False, "tries_left": None, "locked": False},
        "bank": {"present": False, "last4": None},
        "warnings": ["card_number_check_digit"],
    }


def test_a_3_0_card_is_shown_without_its_holder(simulated, put_in):
    put_in("chen-jing")
    code, out, _ = read("--json")
    assert (code, json.loads(out)["holder"]) == (0, None)
    assert json.loads(out)["warnings"] == ["holder_needs_authentication"]


def test_the_exit_code_says_what_is_wrong(simulated, kiosk, put_in, tmp_path):
    assert read(PCSCLITE_CSOCK_NAME=str(tmp_path / "none"))[0] == 3
    assert read("--reader", "no such reader")[0] == 4
    assert read()[0] == 5
    put_in("wrong-way-round")
    assert read()[0] == 6
    put_in("bank-card")
    code, out, err = read()
    assert (code, out) == (7, "")
    assert "不是社会保障卡" in err


def test_the_exit_codes_are_documented():
    text = " ".join(command("card", "read", "--help").communicate(timeout=DEADLINE_SECONDS)[0].split())
    assert "0 done, 3 no reader service, 4 no reader, 5 no card, 6 card not readable, 7 not a social" in text


def listed(*arguments: str, **environment: str) -> tuple[int, str, str]:
    process = command("card", "readers", *arguments, **environment)
    out, err = process.communicate(timeout=DEADLINE_SECONDS)
    return process.returncode, out, err


def test_the_readers_are_listed_with_the_name_to_configure(needs_pcscd, fast_polling):
    names = ["ACME Dual Reader ICC", "ACME Dual Reader PICC", "ACME Dual Reader SAM"]
    with closing(start_simulated(readers=names, environment=fast_polling)):
        code, out, _ = listed("--json")
        report = json.loads(out)
        assert (code, report["chosen"]) == (0, "ACME Dual Reader ICC 00 00")
        first = {reader["name"]: reader for reader in report["readers"] if reader["name"].endswith("00 00")}
        assert [reader["configure"] for reader in first.values()] == names
        assert [reader["kind"] for reader in first.values()] == ["contact", "contactless", "sam"]
        assert [reader["chosen"] for reader in first.values()] == [True, False, False]
        code, out, _ = listed("--reader", "PICC")
        assert code == 0
        assert '* ACME Dual Reader PICC 00 00 | 非接触式 | 没有卡 | name = "ACME Dual Reader PICC"\n' in out


def test_readers_among_which_nobody_can_tell_are_listed_and_refused(needs_pcscd, fast_polling):
    with closing(start_simulated(readers=2, environment=fast_polling)) as simulated:
        simulated.insert("wang-jianguo", 2)
        code, out, _ = listed("--json")
        assert (code, json.loads(out)["chosen"], len(json.loads(out)["readers"])) == (0, None, 4)
        assert "不知道该用哪一个" in listed()[1]
        code, _, err = read()
        assert code == 4
        assert "Simulated Reader 1 00 00" in err
        assert err.count("\n") == 1
        for _ in range(20):  # until the reader has noticed the card
            if (found := read("--reader", "Reader 1"))[0] != 5:
                break
        assert (found[0], "王*国" in found[1]) == (0, True)


def test_no_reader_and_no_service_are_told_apart_in_the_list(simulated, tmp_path):
    assert listed("--reader", "no such reader")[0] == 0
    assert listed(PCSCLITE_CSOCK_NAME=str(tmp_path / "none"))[0] == 3


def test_watching_prints_a_line_an_event(simulated):
    process = command("card", "watch")
    assert "没有卡" in process.stdout.readline()
    simulated.insert("wang-jianguo")
    assert "第 1 张卡已插入" in process.stdout.readline()
    simulated.remove()
    assert "没有卡" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=DEADLINE_SECONDS) == ("", "")
    assert process.returncode == 130


def test_ctrl_c_ends_watching_whichever_thread_it_reaches(simulated):
    process = command("card", "watch")
    assert "没有卡" in process.stdout.readline()
    threads = {int(task.name) for task in Path(f"/proc/{process.pid}/task").iterdir()}
    [another, *_] = threads - {process.pid}
    assert CDLL(None).tgkill(process.pid, another, signal.SIGINT) == 0
    assert process.communicate(timeout=DEADLINE_SECONDS) == ("", "")
    assert process.returncode == 130


@pytest.mark.parametrize(("signal_number", "ends_with"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_a_simulated_reader_is_run_by_hand(needs_pcscd, signal_number, ends_with):
    with tempfile.TemporaryDirectory(prefix="card-", dir="/tmp") as folder:
        process = command("simulate_card", "--profile", "li-xiuying", "--folder", f"{folder}/new")
        assert process.stdout.readline() == f"export PCSCLITE_CSOCK_NAME={folder}/new/pcscd\n"
        assert "socat" in process.stdout.readline()
        code, out, _ = wait_for_card(f"{folder}/new/pcscd")
        assert (code, "李*英" in out) == (0, True)
        tell(Path(folder) / "new/control", "swap", "ouyang-qing")
        process.send_signal(signal_number)
        assert process.wait(DEADLINE_SECONDS) == ends_with
        assert not Path(f"{folder}/new/pcscd").exists()


def wait_for_card(socket: str) -> tuple[int, str, str]:
    for _ in range(20):
        if (result := read(PCSCLITE_CSOCK_NAME=socket))[0] != 5:
            return result
    return result


def test_an_unknown_card_is_refused_with_those_that_exist():
    process = command("simulate_card", "--profile", "nobody")
    _, err = process.communicate(timeout=DEADLINE_SECONDS)
    assert process.returncode == 2
    assert "wang-jianguo" in err


def test_reading_by_hand_does_not_disturb_the_next_insertion(simulated, put_in, kiosk: Kiosk):
    insertion = put_in("wang-jianguo")
    assert read()[0] == 0
    with kiosk.reader.session(insertion) as card:
        assert card.read_holder().name == "王建国"
