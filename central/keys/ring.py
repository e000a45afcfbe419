"""The keys of one role, old and new: a list tells which there are, their providers hold them, one of them signs now.

Rotation overlaps: a new key is listed, and told to the kiosks, before it signs anything. An old one signs no more, and
what it signed stays good. One that may be in other hands is withdrawn: nothing is believed that it signs from then on.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog
from msgspec import Struct
from msgspec.structs import replace

from central.keys.key_list import KeyList, KeyListError
from central.keys.providers import KeyProviders
from sync.protocol import algorithms
from sync.protocol.algorithms import ED25519, SigningKey
from sync.protocol.centre_keys import CentreKey, Role, Standing, of_role
from sync.protocol.secret_file import SecretFileError

OVERLAP = timedelta(days=14)
"""How long a new key is known before it signs: to kiosks that are off, and to banks that hold a list of keys."""
NUMBERS = 255
"""A QR code has one byte for the number of its key."""

log = structlog.get_logger(__name__)


class NumberedKey(Struct, frozen=True):
    """A private key, and its number within its role."""

    number: int
    private: SigningKey


class SigningKeys(Protocol):
    """The keys of one role, whatever holds them."""

    def signing(self, at: datetime) -> NumberedKey:
        """Return the key that signs at a moment."""

    def listed(self) -> Sequence[CentreKey]:
        """Return the public keys, old and new ones."""


class KeyRing:
    """The keys of one role of the centre; processes share them, and notice what another has changed."""

    def __init__(self, role: Role, providers: KeyProviders) -> None:
        self.role, self._providers = role, providers
        self._list = KeyList(providers.folder / "keys.json")
        self._opened: dict[int, SigningKey] = {}

    def begin(self) -> None:
        """Make the first key if there is none."""
        with self._list.changing() as keys:
            if not of_role(keys, self.role):
                keys.append(self._first() if self._is_older() else self._made(1, None))

    def listed(self) -> Sequence[CentreKey]:
        """Return the public keys, the first of them first.

        :raises KeyListError, SecretFileError: there are none, or they are not as they must be.
        """
        return tuple(of_role(self._list.keys(), self.role).values()) or (self._first(),)

    def signing(self, at: datetime) -> NumberedKey:
        """Return the key that signs at a moment.

        :raises KeyListError: none does. SecretFileError: it cannot be had.
        """
        if key := _signing(self.listed(), at):
            return NumberedKey(key.number, self._private(key))
        raise KeyListError(f"no {self.role} key signs now: kiosk-central keys rotate {self.role}")

    def signing_number(self, at: datetime) -> int | None:
        """Return the number of the key that signs at a moment; None when none does."""
        key = _signing(self.listed(), at)
        return key.number if key else None

    def rotate(self, at: datetime, overlap: timedelta = OVERLAP) -> CentreKey:
        """List the next key, which signs when the overlap is over, and the last one until then.

        :raises KeyListError: the next one is listed already, or there are no numbers left.
        """
        with self._changing() as keys:
            if (last := keys[max(keys)]).standing(at) is Standing.NOT_YET:
                begins = f"{last.not_before:%Y-%m-%d %H:%M} UTC"
                raise KeyListError(
                    f"{self.role} key {last.number} is listed already, and signs from {begins}"
                )
            return self._add(keys, _second(at + overlap))

    def withdraw(self, number: int, since: datetime, at: datetime) -> CentreKey:
        """Have nothing believed that a key has signed since a moment, and return the key that signs now.

        :raises KeyListError: there is no such key, or it is withdrawn already.
        """
        with self._changing() as keys:
            if number not in keys or keys[number].withdrawn:
                raise KeyListError(f"there is no {self.role} key {number} that could be withdrawn")
            keys[number] = replace(keys[number], withdrawn=_second(since))
            last = keys[max(keys)]
            if last.withdrawn:  # the next takes its place, also in what was still to come
                self._add(keys, _second(max(at, last.not_before or at)))
            elif not _signing(tuple(keys.values()), at):
                keys[last.number] = replace(last, not_before=_second(at))
            return _signing(tuple(keys.values()), at) or last

    def _add(self, keys: dict[int, CentreKey], begins: datetime) -> CentreKey:
        last = keys[max(keys)]
        if last.number == NUMBERS:
            raise KeyListError("there are no numbers left for another key")
        new = self._made(last.number + 1, begins)
        keys[last.number] = replace(last, not_after=begins)
        keys[new.number] = replace(new, vouched=self._vouched(last, new))
        return keys[new.number]

    def _vouched(self, key: CentreKey, following: CentreKey) -> str:
        try:
            return algorithms.as_text(self._private(key).sign(following.statement()))
        except SecretFileError as error:
            log.error("key_not_vouched_for", role=self.role, number=following.number, reason=str(error))
            return ""

    def _made(self, number: int, begins: datetime | None) -> CentreKey:
        return self._public(number, self._providers.make(self.role, number), begins)

    def _first(self) -> CentreKey:
        """Return the key of a centre that has no list, because it has never had another key.

        :raises KeyListError: it has.
        """
        if later := next(self._providers.folder.glob(f"{self.role}-*.key"), None):
            raise KeyListError(
                f"{later} is there but {self._list.path} is missing; restore it from the backup"
            )
        return self._public(1, self._providers.open(self.role, 1, ED25519), None)

    def _is_older(self) -> bool:
        """Return whether the centre is older than the list: its key was then in a file, and Ed25519's."""
        return (self._providers.folder / f"{self.role}.key").exists()

    def _public(self, number: int, private: SigningKey, begins: datetime | None) -> CentreKey:
        return CentreKey(
            role=self.role,
            number=number,
            algorithm=private.algorithm,
            public=algorithms.as_text(private.public_key),
            not_before=begins,
        )

    def _private(self, key: CentreKey) -> SigningKey:
        if key.number not in self._opened:
            private = self._providers.open(self.role, key.number, key.algorithm)
            if private.public_key != key.octets:
                raise KeyListError(
                    f"{self.role} key {key.number} is not the one that {self._list.path} lists"
                )
            self._opened[key.number] = private
        return self._opened[key.number]

    @contextmanager
    def _changing(self) -> Iterator[dict[int, CentreKey]]:
        """Let nobody else change the keys meanwhile; yield those of this role by their numbers."""
        with self._list.changing() as listed:
            keys = of_role(listed, self.role) or {1: self._first()}
            yield keys
            listed[:] = [*(key for key in listed if key.role != self.role), *keys.values()]


def _second(at: datetime) -> datetime:
    """Return the beginning of a second: QR codes know no parts of one."""
    return at.replace(microsecond=0)


def open_ring(role: Role, providers: KeyProviders, *, create: bool) -> KeyRing:
    """Return the keys of a role; with ``create`` make the first one on first use.

    :raises KeyListError, SecretFileError: there is none for today, others can read it, or it is not whole.
    """
    ring = KeyRing(role, providers)
    if create:
        ring.begin()
    ring.signing(datetime.now(UTC))
    return ring


def _signing(keys: Sequence[CentreKey], at: datetime) -> CentreKey | None:
    good = [key for key in keys if not key.withdrawn and key.standing(at) is Standing.GOOD]
    return good[-1] if good else None
