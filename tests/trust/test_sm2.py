"""SM2 with SM3: the standard's own numbers, and OpenSSL's command line signs for us and verifies us."""

import base64
import json
import re
import secrets
import ssl
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zxingcpp
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from central.events import proof
from central.program.main import main as centre_main
from central.program.options import defaults
from central.store.database import reading
from kiosk.commands.certificate import certificate
from sync.identity import Identity
from sync.protocol import algorithms, seal, sm2
from sync.protocol.algorithms import SM2_SM3, Sm2Key, private_key
from sync.protocol.messages import Event

IDENTITY = "distid:1234567812345678"
# The example of GB/T 32918.5 (also GM/T 0003.5), annex A.
STANDARD_KEY = 0x3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8
STANDARD_POINT = bytes.fromhex(
    "04"
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
STANDARD_SIGNATURE = bytes.fromhex(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)
scalars = st.integers(1, sm2.ORDER - 2)


def openssl(folder: Path, *words: str) -> str:
    """Run OpenSSL; what it says, whether it agrees or not."""
    ran = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True)
    return ran.stdout + ran.stderr


def private_file(folder: Path, scalar: int) -> None:
    """Write a private key as OpenSSL reads it."""
    (folder / "key.der").write_bytes(sm2.PRIVATE_HEAD + scalar.to_bytes(32) + sm2.PRIVATE_TAIL)


def public_file(folder: Path, point: bytes) -> None:
    """Write a public key as OpenSSL reads it."""
    (folder / "public.der").write_bytes(sm2.PUBLIC_HEAD + point)


def test_the_example_of_the_standard_is_verified():
    assert sm2.Key.private(STANDARD_KEY).point == STANDARD_POINT
    algorithms.verify(SM2_SM3, STANDARD_POINT, STANDARD_SIGNATURE, b"message digest")


@pytest.mark.parametrize(
    "words",
    [
        ("dgst", "-sm3", "-sigopt", IDENTITY, "-keyform", "DER", "-verify", "public.der"),
        ("pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pkeyopt", IDENTITY, "-pubin"),
    ],
    ids=["dgst", "pkeyutl"],
)
def test_openssls_command_line_verifies_what_we_sign(tmp_path, words):
    key = private_key(SM2_SM3, secrets.token_bytes(32))
    public_file(tmp_path, key.public_key)
    (tmp_path / "data").write_bytes(b"certificate")
    (tmp_path / "signature").write_bytes(algorithms.to_der(key.sign(b"certificate")))
    if words[0] == "dgst":
        asked = (*words, "-signature", "signature", "data")
    else:
        asked = (*words, "-keyform", "DER", "-inkey", "public.der", "-sigfile", "signature", "-in", "data")
    assert re.search(r"Verified OK|Verified Successfully", openssl(tmp_path, *asked))
    (tmp_path / "data").write_bytes(b"certificatE")
    assert re.search(r"[Ff]ailure", openssl(tmp_path, *asked))


@pytest.mark.parametrize("verb", ["dgst", "pkeyutl"])
def test_we_verify_what_openssls_command_line_signs_with_a_key_of_its_own(tmp_path, verb):
    openssl(tmp_path, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", "key.pem")
    openssl(tmp_path, "pkey", "-in", "key.pem", "-pubout", "-outform", "DER", "-out", "public.der")
    point = (tmp_path / "public.der").read_bytes()[-65:]
    (tmp_path / "data").write_bytes(b"certificate")
    if verb == "dgst":
        openssl(
            tmp_path, "dgst", "-sm3", "-sigopt", IDENTITY, "-sign", "key.pem", "-out", "signature", "data"
        )
    else:
        how = ("-rawin", "-digest", "sm3", "-pkeyopt", IDENTITY)
        openssl(tmp_path, "pkeyutl", "-sign", *how, "-inkey", "key.pem", "-in", "data", "-out", "signature")
    signature = algorithms.from_der((tmp_path / "signature").read_bytes())
    algorithms.verify(SM2_SM3, point, signature, b"certificate")
    with pytest.raises(algorithms.SignatureInvalidError):
        algorithms.verify(SM2_SM3, point, signature, b"certificatE")


def test_a_signature_for_an_empty_identifier_is_none_of_ours(tmp_path):
    private_file(tmp_path, STANDARD_KEY)
    (tmp_path / "data").write_bytes(b"certificate")
    openssl(tmp_path, "dgst", "-sm3", "-keyform", "DER", "-sign", "key.der", "-out", "signature", "data")
    signature = algorithms.from_der((tmp_path / "signature").read_bytes())
    with pytest.raises(algorithms.SignatureInvalidError):
        algorithms.verify(SM2_SM3, STANDARD_POINT, signature, b"certificate")


def test_openssl_signs_with_our_key_in_its_form(tmp_path):
    private_file(tmp_path, STANDARD_KEY)
    (tmp_path / "data").write_bytes(b"certificate")
    openssl(
        tmp_path,
        *("dgst", "-sm3", "-sigopt", IDENTITY, "-keyform", "DER", "-sign", "key.der"),
        *("-out", "signature", "data"),
    )
    signature = algorithms.from_der((tmp_path / "signature").read_bytes())
    algorithms.verify(SM2_SM3, STANDARD_POINT, signature, b"certificate")


@settings(max_examples=200)
@given(scalars, st.binary(max_size=200))
def test_any_key_signs_and_is_verified_and_no_other_is(scalar, data):
    key = Sm2Key(sm2.Key.private(scalar))
    signature = key.sign(data)
    assert (len(key.public_key), len(signature)) == (65, 64)
    algorithms.verify(SM2_SM3, key.public_key, signature, data)
    other = sm2.Key.private(scalar % (sm2.ORDER - 2) + 1).point
    with pytest.raises(algorithms.SignatureInvalidError):
        algorithms.verify(SM2_SM3, other, signature, data)


def key_whose_point_begins(first: bytes) -> Sm2Key:
    """Return a key whose public key begins with these octets after the 04 of its form."""
    scalar = 1
    while not (key := sm2.Key.private(scalar)).point[1:].startswith(first):
        scalar += 1
    return Sm2Key(key)


@pytest.mark.parametrize("first", ["00", "04", "40", "44"])
def test_keys_whose_octets_look_like_their_form_are_taken_whole(tmp_path, first):
    """One library strips every leading 0 and 4 of the hexadecimal text, and another leading zeros."""
    key = key_whose_point_begins(bytes.fromhex(first))
    signature = key.sign(b"certificate")
    algorithms.verify(SM2_SM3, key.public_key, signature, b"certificate")
    public_file(tmp_path, key.public_key)
    (tmp_path / "data").write_bytes(b"certificate")
    (tmp_path / "signature").write_bytes(algorithms.to_der(signature))
    said = openssl(
        tmp_path,
        *("dgst", "-sm3", "-sigopt", IDENTITY, "-keyform", "DER", "-verify", "public.der"),
        *("-signature", "signature", "data"),
    )
    assert "Verified OK" in said


def test_every_secret_of_32_bytes_is_a_key():
    for secret in (bytes(32), b"\xff" * 32, sm2.ORDER.to_bytes(32), (sm2.ORDER - 1).to_bytes(32)):
        key = private_key(SM2_SM3, secret)
        algorithms.verify(SM2_SM3, key.public_key, key.sign(b"data"), b"data")


@pytest.mark.parametrize("scalar", [0, sm2.ORDER - 1, sm2.ORDER])
def test_a_number_that_is_no_private_key_is_refused(scalar):
    with pytest.raises(sm2.Sm2Error):
        sm2.Key.private(scalar)


def test_a_wrong_signature_leaves_no_error_behind_for_the_next_connection():
    """Python's ssl reads OpenSSL's list of errors, and would take an old one for its own."""
    point = sm2.Key.private(STANDARD_KEY).point
    for wrong in (b"", b"junk", algorithms.to_der(bytes(64)), algorithms.to_der(STANDARD_SIGNATURE)):
        assert not sm2.Key.public(point).has_signed(wrong, b"another message")
    with pytest.raises(sm2.Sm2Error):
        sm2.Key.public(b"\4" + bytes(64))
    assert sm2._openssl().ERR_peek_error() == 0
    ssl.create_default_context()


@pytest.fixture
def sm2_centre(tmp_path, monkeypatch):
    """A centre whose configuration asks for SM2, and what staff's commands say there."""
    (tmp_path / "central.toml").write_text('[keys]\nalgorithm = "sm2-sm3"\n')
    monkeypatch.setenv("KIOSK_CENTRAL_CONFIG", str(tmp_path / "central.toml"))
    monkeypatch.chdir(tmp_path)
    defaults.cache_clear()

    def run(command, *words: str) -> str:
        result = CliRunner().invoke(command, words)
        assert result.exit_code == 0, result.output
        return result.stdout

    run(centre_main, "seed", "--data", "centre")
    yield run
    defaults.cache_clear()


def test_a_centre_that_is_configured_so_signs_documents_and_feeds_with_sm2_and_paper_and_openssl_agree(
    sm2_centre, tmp_path
):
    # given: a certificate of that centre, and its list of keys
    listed = json.loads(sm2_centre(centre_main, "keys", "list", "--json", "--data", "centre"))["keys"]
    assert {(key["role"], key["algorithm"]) for key in listed} == {
        ("certificate", SM2_SM3),
        ("feed", SM2_SM3),
    }
    (tmp_path / "certificate-keys.json").write_text(sm2_centre(centre_main, "keys", "--data", "centre"))
    where = ("--region", "610200", "--public-url", "https://rs.example.gov.cn", "--data", "centre")
    unit = sm2_centre(centre_main, "issue-unit", "unit-participation", "91999999MA00000154", *where)
    (tmp_path / "unit.json").write_text(unit)
    # when: it is printed on the narrowest paper, and a foreign reader reads its code
    sm2_centre(certificate, "render", "unit.json", "--profile", "gb18030-58mm", "--out", "unit.png")
    [seen] = zxingcpp.read_barcodes(Image.open(tmp_path / "unit.png").convert("L"))
    assert seen.text == json.loads(unit)["qr"]
    # then: our own command, and OpenSSL's, find it signed
    found = json.loads(sm2_centre(certificate, "verify", "unit.png", "--json"))
    assert found["genuine"] and found["certificate"]["kind"] == "unit-participation"
    raw = base64.urlsafe_b64decode(seen.text.partition("#")[2] + "==")
    assert raw[0] == 0x12
    public_file(tmp_path, base64.b64decode(listed[0]["public"]))
    (tmp_path / "data").write_bytes(raw[:42])
    (tmp_path / "signature").write_bytes(algorithms.to_der(raw[42:]))
    words = ("dgst", "-sm3", "-sigopt", IDENTITY, "-keyform", "DER", "-verify", "public.der")
    assert "Verified OK" in openssl(tmp_path, *words, "-signature", "signature", "data")
    # and the signature of the whole document
    signed = json.loads(unit)["signed"]
    (tmp_path / "data").write_text(signed["text"], "utf-8")
    (tmp_path / "signature").write_bytes(algorithms.to_der(base64.b64decode(signed["signature"])))
    assert "Verified OK" in openssl(tmp_path, *words, "-signature", "signature", "data")


def test_a_kiosk_with_an_sm2_key_is_enrolled_signs_its_requests_and_seals_what_can_be_proven(centre):
    kiosk = Identity("610200-001", private_key(SM2_SM3, secrets.token_bytes(32)))
    client = centre.client(centre.enrol(kiosk))
    event = Event(
        id="event-1",
        kiosk_id=kiosk.kiosk_id,
        install_epoch="epoch-1",
        seq=1,
        type="kiosk.started",
        occurred_at=datetime.now(UTC),
        body={"version": "1"},
    )
    [answer] = client.deliver("epoch-1", [event]).answers
    assert answer.result == "ok"
    with reading(centre.engine) as connection:
        proven = proof.prove(connection, "event-1")
        assert (proven.algorithm, list(proof.prove_all(connection))) == (SM2_SM3, [("event-1", "")])


def test_a_kiosk_with_an_sm2_key_seals_what_it_delivers():
    key = private_key(SM2_SM3, secrets.token_bytes(32))
    text = seal.sealed_text("610200-001", "epoch", [seal.digest(b"{}")])
    made = seal.seal_of(key, text)
    assert made.algorithm == SM2_SM3
    seal.verify(made, text, SM2_SM3, key.public_key)
    with pytest.raises(seal.SealError):
        seal.verify(made, text + b"x", SM2_SM3, key.public_key)
