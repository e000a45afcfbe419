"""The keys of cards, by roots that are files: for demonstrations and tests. A real centre's roots are in an HSM.

How a card's keys are made and used is not published whole. What is certain, and what two public programs or the
sister card (居民健康卡) do, is told in docs/central.md; what is open is ``session``, a setting.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import structlog
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from msgspec import Struct

from central.cards.card_keys import (
    RESET_HEADER,
    RESET_MAC,
    ROOT_NAMES,
    Algorithm,
    CardKey,
    CardKeyMissingError,
    Factors,
    Session,
    complement,
    padded,
    pin_reset_plain,
)
from sync.protocol import secret_file

SIZE = 16
DEMONSTRATION = "published: good for simulated cards only"
BLOCK: dict[Algorithm, int] = {"3des": 8, "sm4": 16}

log = structlog.get_logger(__name__)


class SoftwareCardKeys(Struct, frozen=True):
    """Computes with roots in memory, by their names."""

    roots: Mapping[str, bytes]
    session: Session = "A"

    def __repr__(self) -> str:
        return f"SoftwareCardKeys({', '.join(sorted(self.roots))})"

    def internal(self, key: CardKey, factors: Factors, process: bytes, source: bytes) -> bytes:
        """Return the 8 bytes that the card must answer to INTERNAL AUTHENTICATE."""
        return self._answer(key, factors, process, source)

    def external(self, key: CardKey, factors: Factors, process: bytes, source: bytes) -> bytes:
        """Return the 16 bytes for EXTERNAL AUTHENTICATE: result and source."""
        return self._answer(key, factors, process, source) + source

    def pin_reset(self, key: CardKey, factors: Factors, process: bytes, pin: str) -> bytes:
        """Return the enciphered new PIN and its MAC."""
        block = BLOCK[key.algorithm]
        session = self._session_key(key, factors, process)
        enciphered = encrypt(key.algorithm, session, pin_reset_plain(pin, block))
        return enciphered + mac(key.algorithm, session, padded(RESET_HEADER + enciphered, block))

    def card_key(self, key: CardKey, factors: Factors) -> bytes:
        """Return a key of a SIMULATED card, for its file."""
        try:
            root = self.roots[key.root]
        except KeyError:
            raise CardKeyMissingError(key.root) from None
        return derive(key.algorithm, root[:SIZE], *factors)

    def _answer(self, key: CardKey, factors: Factors, process: bytes, source: bytes) -> bytes:
        return answer(key.algorithm, self._session_key(key, factors, process), source)

    def _session_key(self, key: CardKey, factors: Factors, process: bytes) -> bytes:
        return session_key(key.algorithm, self.card_key(key, factors), process, self.session)


class RootFiles(dict[str, bytes]):
    """Roots that are files, each read when it is first asked for: ``seed`` may bring them while the centre serves."""

    def __init__(self, folder: Path) -> None:
        super().__init__({path.stem: secret_file.read(path) for path in folder.glob("*-*.key")})
        self._folder = folder

    def __missing__(self, name: str) -> bytes:
        path = self._folder / f"{name}.key"
        if not path.exists():
            raise KeyError(name)
        self[name] = secret_file.read(path)
        return self[name]


def open_software_card_keys(folder: Path, session: Session = "A") -> SoftwareCardKeys:
    """Return the keys whose roots are the files of ``folder``, such as IRK-1.key: the issuer's, and never made up.

    :raises SecretFileError: others can read one, or it is not whole.
    """
    roots = RootFiles(folder)
    if roots:
        log.warning(
            "card_roots_in_files", path=str(folder), advice="for demonstrations; use a security module"
        )
    return SoftwareCardKeys(roots, session)


def keep_demonstration_roots(folder: Path) -> None:
    """Let the centre know the simulated cards; roots that are there stay."""
    for name in ROOT_NAMES.values():
        secret_file.keep(folder / f"{name}-1.key", demonstration_root(name))


def demonstration_keys() -> SoftwareCardKeys:
    """Return the keys of the simulated cards."""
    return SoftwareCardKeys({f"{name}-1": demonstration_root(name) for name in ROOT_NAMES.values()})


def demonstration_root(name: str) -> bytes:
    """Return a root of the simulated cards, for everybody to read: the first 16 bytes count."""
    return hashlib.sha256(f"{DEMONSTRATION}/{name}".encode()).digest()


def derive(algorithm: Algorithm, root: bytes, *factors: bytes) -> bytes:
    """Return the key that the factors lead to, step by step: 16 bytes."""
    key = root
    for factor in factors:
        key = encrypt(algorithm, key, factor + complement(factor))
    return key


def session_key(algorithm: Algorithm, key: bytes, process: bytes, session: Session) -> bytes:
    """Return the key of one challenge: 8 bytes for a 3DES card of kind A, else 16."""
    if algorithm == "3des" and session == "A":
        return encrypt(algorithm, key, process)
    return derive(algorithm, key, process)


def answer(algorithm: Algorithm, session: bytes, source: bytes) -> bytes:
    """Return the 8 bytes that prove the key of the session; SM4's block is folded into them."""
    if algorithm == "3des":
        return encrypt(algorithm, session, source)
    whole = encrypt(algorithm, session, source + bytes(8))
    return bytes(left ^ right for left, right in zip(whole[:8], whole[8:], strict=True))


def mac(algorithm: Algorithm, session: bytes, data: bytes) -> bytes:
    """Return the 4 bytes that prove ``data``, which is whole blocks: CBC from zeros, the last block's first bytes."""
    block = BLOCK[algorithm]
    encryptor = Cipher(_cipher(algorithm, session), modes.CBC(bytes(block))).encryptor()
    return (encryptor.update(data) + encryptor.finalize())[-block:][:RESET_MAC]


def encrypt(algorithm: Algorithm, key: bytes, data: bytes) -> bytes:
    """Encipher whole blocks, one by one."""
    encryptor = Cipher(_cipher(algorithm, key), modes.ECB()).encryptor()  # noqa: S305 the cards' own mode
    return encryptor.update(data) + encryptor.finalize()


def _cipher(algorithm: Algorithm, key: bytes) -> TripleDES | SM4:
    if algorithm == "sm4":
        return SM4(key)
    return TripleDES((key * 3)[:24])  # 8 bytes: DES; 16: two keys, the first of them again
