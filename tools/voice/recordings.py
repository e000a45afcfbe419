"""Bring the recordings in line with the texts: record what is missing, remove what no text uses."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from kiosk.dialogue.preferences import Language
from kiosk.voice.catalogue import CATALOGUE, FOLDER, Catalogue, Recording, file_name
from tools.voice.texts import VOICES
from tools.voice.workshop import Order, record

Wanted = dict[Language, set[str]]


def missing(known: Catalogue, wanted: Wanted) -> list[Order]:
    """Return what is not recorded yet, or was recorded with another voice."""
    return [
        _order(phrase, language)
        for language, phrases in sorted(wanted.items())
        for phrase in sorted(phrases)
        if not _is_recorded(known, phrase, language)
    ]


def stale(known: Catalogue, wanted: Wanted) -> list[str]:
    """Return the recorded phrases that no text uses."""
    return [
        phrase
        for language, recordings in known.recordings.items()
        for phrase in recordings
        if phrase not in wanted[language]
    ]


def bring_up_to_date(known: Catalogue, wanted: Wanted, orders: Iterable[Order]) -> Catalogue:
    """Record ``orders``, drop what is stale, and write the catalogue after each phrase, so that nothing is lost."""
    kept = {
        language: {
            phrase: one
            for phrase, one in known.recordings.get(language, {}).items()
            if phrase in wanted[language]
        }
        for language in VOICES
    }
    now = Catalogue(VOICES, kept)
    for order, measured in record(orders):
        # It was made just now, of dicts.
        now.recordings[order.language][order.text] = _recording(order, measured)  # type: ignore[index]
        write(now)
    write(now)
    _remove_files_of_nobody(now)
    return now


def read() -> Catalogue:
    """Return the catalogue as it is on disk; empty when there is none yet."""
    if not CATALOGUE.exists():
        return Catalogue(VOICES, {})
    return msgspec.json.decode(CATALOGUE.read_bytes(), type=Catalogue)


def write(catalogue: Catalogue) -> None:
    """Write the catalogue, one phrase a line, in an order that makes small differences."""
    ordered = {
        language: dict(sorted(recordings.items()))
        for language, recordings in sorted(catalogue.recordings.items())
    }
    lines = [f'{{"voices":{_json(catalogue.voices)},"recordings":{{']
    for place, (language, recordings) in enumerate(ordered.items()):
        lines.append(f'{"," if place else ""}"{language}":{{')
        lines += [
            f"{',' if number else ''}{_json(phrase)}:{_json(recording)}"
            for number, (phrase, recording) in enumerate(recordings.items())
        ]
        lines.append("}")
    CATALOGUE.write_text("\n".join([*lines, "}}"]) + "\n")


def _order(phrase: str, language: Language) -> Order:
    path = FOLDER / file_name(phrase, language, VOICES[language])
    path.parent.mkdir(exist_ok=True)
    return Order(phrase, language, VOICES[language], str(path))


def _is_recorded(known: Catalogue, phrase: str, language: Language) -> bool:
    recording = known.find(phrase, language)
    return (
        recording is not None
        and recording.file == file_name(phrase, language, VOICES[language])
        and recording.path.exists()
    )


def _recording(order: Order, measured: dict[str, Any]) -> Recording:
    path = Path(order.path)
    digest = sha256(path.read_bytes()).hexdigest()[:16]
    return Recording(file=str(path.relative_to(FOLDER)), sha256=digest, **measured)


def _remove_files_of_nobody(catalogue: Catalogue) -> None:
    in_use = {one.path for recordings in catalogue.recordings.values() for one in recordings.values()}
    for path in FOLDER.glob("*/*.opus"):
        if path not in in_use:
            path.unlink()


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
