"""Every algorithm signs and verifies, and takes no other key, form or data."""

import os
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sync.protocol import algorithms
from sync.protocol.algorithms import ECDSA_P256, ED25519, SM2_SM3, Ed25519Key, P256Key, SigningKey

KEYS: dict[str, Callable[[], SigningKey]] = {
    ED25519: Ed25519Key.generate,
    ECDSA_P256: P256Key.generate,
    SM2_SM3: lambda: algorithms.private_key(SM2_SM3, os.urandom(32)),
}
each_algorithm = pytest.mark.parametrize("algorithm", KEYS)


@each_algorithm
def test_verifies_what_was_signed(algorithm):
    key = KEYS[algorithm]()
    signature = key.sign(b"data")
    assert key.algorithm == algorithm and len(signature) == 64
    algorithms.verify(algorithm, key.public_key, signature, b"data")


@each_algorithm
def test_refuses_other_data_another_key_and_half_a_signature(algorithm):
    key, other = KEYS[algorithm](), KEYS[algorithm]()
    signature = key.sign(b"data")
    for public_key, given, data in [
        (key.public_key, signature, b"date"),
        (other.public_key, signature, b"data"),
        (key.public_key, signature[:63], b"data"),
        (key.public_key, signature + b"\0", b"data"),
        (key.public_key, b"", b"data"),
        (key.public_key, bytes(64), b"data"),
    ]:
        with pytest.raises(algorithms.SignatureInvalidError):
            algorithms.verify(algorithm, public_key, given, data)


def test_an_ecdsa_signature_is_not_taken_as_der():
    key = P256Key.generate()
    with pytest.raises(algorithms.SignatureInvalidError):
        algorithms.verify(ECDSA_P256, key.public_key, algorithms.to_der(key.sign(b"data")), b"data")


def test_an_unknown_algorithm_is_said_to_be_unknown():
    with pytest.raises(algorithms.AlgorithmUnknownError):
        algorithms.verify("none", bytes(32), bytes(64), b"data")


@pytest.mark.parametrize(
    ("algorithm", "octets"),
    [
        (ED25519, bytes(31)),
        (ED25519, KEYS[ECDSA_P256]().public_key),
        (ECDSA_P256, KEYS[ED25519]().public_key),
        (ECDSA_P256, b"\4" + b"\1" * 64),
        (SM2_SM3, KEYS[ECDSA_P256]().public_key),
        (
            ECDSA_P256,
            ec.generate_private_key(ec.SECP256R1())
            .public_key()
            .public_bytes(Encoding.X962, PublicFormat.CompressedPoint),
        ),
    ],
    ids=[
        "short",
        "other algorithm's",
        "other algorithm's too",
        "not on the curve",
        "not on this curve",
        "compressed",
    ],
)
def test_what_is_no_key_of_its_algorithm_is_refused(algorithm, octets):
    with pytest.raises(algorithms.KeyUnusableError):
        algorithms.require_key(algorithm, octets)


def test_a_key_has_one_name_and_the_algorithm_is_part_of_it():
    key = KEYS[ECDSA_P256]()
    assert key.key_id == algorithms.key_id(ECDSA_P256, key.public_key)
    assert key.key_id != algorithms.key_id("sm2-sm3", key.public_key)


@each_algorithm
def test_a_public_key_survives_being_written(algorithm):
    key = KEYS[algorithm]()
    assert algorithms.from_text(algorithms.as_text(key.public_key)) == key.public_key
    with pytest.raises(algorithms.KeyUnusableError):
        algorithms.from_text("no base64!")
