"""Strangers against ``kiosk-central serve``: 2,000 connections that are silent, drip, stop half-way, guess and forge.

Meanwhile supervision asks for the centre's health and kiosks hand over events, each on a connection of its own.
"""

import asyncio
import multiprocessing
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event as Signal
from typing import Any

import msgspec

from bench.figure import Figure
from bench.fleet import EPOCH, PATH, event, let_in
from bench.serving import serving
from central.store.database import open_database
from sync.identity import Identity
from sync.protocol.algorithms import Ed25519Key
from sync.protocol.messages import DeliveryAnswer
from tools.postgres import running_postgres

CONNECTIONS, ADDRESSES, SECONDS, WORKERS = 2_000, 40, 60.0, 2
KIOSKS, EVERY, HEALTH_EVERY = 20, 1.0, 0.1
PAUSE = 3.0
"""Seconds, about, between two tries of one connection, and between two bytes of one that drips."""
PATIENCE = 8.0
HEAD = "POST /v1/events HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n"
ODD_PATHS = (
    *("/v1/%E7%8E%8B", "/verify/%00%FF", "//v1/health", "/v1/health/../events", "/v1/feeds/%2e%2e/x/1-2"),
    *("/v1/snapshots/" + "a" * 2000, "/?" + "q" * 3000, "/.env", "/v1/health;x=y"),
)

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Attack = Callable[[Line, str], Awaitable[None]]


def delivery(identity: Identity, host: str, seq: int) -> bytes:
    """Return the request in which a kiosk hands over one event."""
    body = msgspec.json.encode(identity.seal(EPOCH, [event(identity, seq)]))
    headers = identity.sign("POST", f"http://{host}{PATH}", body) | {
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{HEAD.format(host)}{head}\r\n".encode() + body


async def asked(host: str, request: bytes) -> bytes:
    """Ask on a connection of its own; return the body of the answer.

    :raises ValueError: it is not 200.
    """
    address, _, port = host.rpartition(":")
    reader, writer = await asyncio.open_connection(address, int(port))
    try:
        writer.write(request)
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    finally:
        writer.close()
    if not head.startswith(b"HTTP/1.1 200 "):
        raise ValueError(head.partition(b"\r\n")[0].decode("latin-1"))
    return body


# Strangers


async def silent(line: Line, _host: str) -> None:
    """Say nothing until the centre hangs up."""
    await line[0].read()


async def dripping_head(line: Line, host: str) -> None:
    """Send a head byte by byte."""
    for letter in HEAD.format(host):
        line[1].write(letter.encode())
        await line[1].drain()
        await asyncio.sleep(random.uniform(0, PAUSE / 3))


async def half_body(line: Line, host: str) -> None:
    """Announce more than comes."""
    line[1].write(f"{HEAD.format(host)}Content-Length: 100000\r\n\r\n".encode() + b"x" * 50_000)
    await line[0].read()


async def forged(line: Line, host: str) -> None:
    """Sign for a kiosk that there is, or is not, with a key of one's own."""
    number = random.randrange(2 * KIOSKS)
    line[1].write(delivery(Identity(f"kiosk-{number:04}", Ed25519Key.generate()), host, 1))
    await line[0].readuntil(b"\r\n\r\n")


async def guess(line: Line, host: str) -> None:
    """Look a 校验码 up that nobody has."""
    code = "".join(random.choices("23456789ABCDEFGHJKMNPQRSTUVWXYZ", k=12))
    line[1].write(f"GET /verify/{code} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    await line[0].readuntil(b"\r\n\r\n")


async def odd_path(line: Line, host: str) -> None:
    """Ask for what there is not."""
    line[1].write(f"GET {random.choice(ODD_PATHS)} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    await line[0].readuntil(b"\r\n\r\n")


ATTACKS: tuple[Attack, ...] = (silent, dripping_head, half_body, forged, guess, odd_path)


async def stranger(attack: Attack, host: str, source: str, tries: Counter[str]) -> None:
    """Attack, and come again when it is over, for ever."""
    address, _, port = host.rpartition(":")
    while True:
        await asyncio.sleep(random.uniform(0, 2 * PAUSE))
        tries[attack.__name__] += 1
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            line = await asyncio.open_connection(address, int(port), local_addr=(source, 0))
            try:
                await attack(line, host)
            finally:
                line[1].close()


async def crowd(host: str, connections: int, over: Signal) -> Counter[str]:
    """Let strangers attack until ``over`` is set; return how often each attack was tried."""
    tries: Counter[str] = Counter()
    sources = [f"127.0.1.{number}" for number in range(1, ADDRESSES + 1)]
    attacking = [
        asyncio.create_task(
            stranger(ATTACKS[number % len(ATTACKS)], host, sources[number % ADDRESSES], tries)
        )
        for number in range(connections)
    ]
    while not over.is_set():
        await asyncio.sleep(0.1)
    for each in attacking:
        each.cancel()
    await asyncio.gather(*attacking, return_exceptions=True)
    return tries


@contextmanager
def flooding(host: str, connections: int) -> Iterator[Counter[str]]:
    """Have strangers attack, in a process of their own; what they tried is known after the block."""
    fork = multiprocessing.get_context("fork")
    over, (receiving, sending) = fork.Event(), fork.Pipe(duplex=False)

    def attack(told: Any = sending) -> None:
        os.nice(19)  # on machines of their own, they would not compute where the centre does
        told.send(asyncio.run(crowd(host, connections, over)))

    process, tries = fork.Process(target=attack, daemon=True), Counter[str]()
    process.start()
    try:
        yield tries
    finally:
        over.set()
        tries.update(receiving.recv() if receiving.poll(60) else ())
        process.join()


# Those who are served


@dataclass
class Tally:
    """What the honest saw: milliseconds to an answer, and what went wrong."""

    health: list[float] = field(default_factory=list)
    signed: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def percentile(milliseconds: Sequence[float], part: float) -> float:
    return sorted(milliseconds)[int(part * (len(milliseconds) - 1))]


async def honest(host: str, identities: list[Identity], seconds: float) -> Tally:
    """Let supervision and kiosks ask until the time is over."""
    tally, end = Tally(), time.monotonic() + seconds
    kiosks = [Kiosk(host, each) for each in identities]
    await asyncio.gather(
        again(lambda: health(host), HEALTH_EVERY, end, tally.health, tally.errors),
        *(again(kiosk.deliver, EVERY, end, tally.signed, tally.errors) for kiosk in kiosks),
    )
    return tally


async def again(
    ask: Callable[[], Awaitable[None]], every: float, end: float, took: list[float], errors: list[str]
) -> None:
    while time.monotonic() < end:
        await asyncio.sleep(random.uniform(0.5, 1.5) * every)
        begun = time.monotonic()
        try:
            await asyncio.wait_for(ask(), PATIENCE)
        except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError) as error:
            errors.append(repr(error))
        took.append(1000 * (time.monotonic() - begun))


async def health(host: str) -> None:
    await asked(host, f"GET /v1/health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())


class Kiosk:
    """A kiosk that hands over an event at a time."""

    def __init__(self, host: str, identity: Identity) -> None:
        self._host, self._identity, self._seq = host, identity, 0

    async def deliver(self) -> None:
        self._seq += 1
        answer = await asked(self._host, delivery(self._identity, self._host, self._seq))
        said = msgspec.json.decode(answer, type=DeliveryAnswer)
        if [each.result for each in said.answers] not in (["ok"], ["duplicate"]):
            raise ValueError("not taken")


def figures() -> Iterator[Figure]:
    """Yield what the honest saw during a minute of 2,000 strangers, and before."""
    identities = [Identity(f"kiosk-{number:04}", Ed25519Key.generate()) for number in range(KIOSKS)]
    with running_postgres(durable=True) as url:
        engine = open_database(url)
        let_in(engine, identities)
        with serving(url, WORKERS) as host:
            quiet = asyncio.run(honest(host, [], SECONDS / 6))
            with flooding(host, CONNECTIONS) as tries:
                tally = asyncio.run(honest(host, identities, SECONDS))
        engine.dispose()
    for error, count in Counter(tally.errors).most_common(5):
        print(f"{count} × {error}", file=sys.stderr)
    tried = ", ".join(f"{count} × {name}" for name, count in sorted(tries.items()))
    against = f"{CONNECTIONS} strangers ({tried}), {WORKERS} workers, load {os.getloadavg()[0]:.0f}"
    n, asked = len(tally.health), len(tally.signed)
    yield Figure("flood.health_p99", percentile(tally.health, 0.99), "ms", "<= 200", against, n)
    yield Figure("flood.honest_errors", len(tally.errors), "requests", "<= 0", against, n + asked)
    yield Figure(
        "flood.signed_p99", percentile(tally.signed, 0.99), "ms", "<= 8000", "the kiosk's patience", asked
    )
    calm = f"left alone: {percentile(quiet.health, 0.99):.0f} ms"
    yield Figure("flood.health_p50", percentile(tally.health, 0.5), "ms", "<= 200", calm, n)
