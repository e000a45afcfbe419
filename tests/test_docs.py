"""What the documents name is there: files and folders move, and a reader must find them."""

import re
import subprocess
from fnmatch import fnmatch
from pathlib import Path, PurePath

import pytest

DOCUMENTS = ["README.md", *map(str, sorted(Path("docs").rglob("*.md")))]

LOOKED_FOR_IN = {
    "docs/architecture.md": ["kiosk", "kiosk/paper", "kiosk/dialogue", "central", "sync"],
    "docs/central.md": ["central"],
    "docs/rules.md": ["kiosk/rules"],
}
"""A document about a room names what is in it from there."""

MADE_BY_PROGRAMS = ("central-data/", "visit/", "wheels/", "build/", "commands/KIOSK", ".venv/")
"""What is there only after a command has run."""

NO_PATHS = ("/", "~", "http", "./", "kiosk/fingerprint", "第x页")
"""Addresses of the centre, places on a machine in a lobby, commands, words on paper."""

STANDS_FOR_ANY = re.compile(r"\b(KIND|NAME|GROUP|LANGUAGE|CODE-name)\b|…|\*")

TRACKED = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True).stdout.split("\n")
THERE = {*TRACKED, *(str(folder) for file in TRACKED for folder in PurePath(file).parents)}
FILES = {PurePath(file).name for file in TRACKED}


def named_in(text: str) -> list[str]:
    """Return what stands in backticks, may be a path, and is not made only by a program."""
    words = [word for span in re.findall(r"`([^`\n]+)`", text) for word in span.split()]
    return [word.rstrip("/") for word in words if not word.startswith((*NO_PATHS, *MADE_BY_PROGRAMS))]


def is_there(path: str, folders: list[str]) -> bool:
    """Tell whether the repository has ``path``, from its root or from one of ``folders``."""
    places = [path, *(f"{folder}/{path}" for folder in folders)]
    if STANDS_FOR_ANY.search(path):
        patterns = [STANDS_FOR_ANY.sub("*", place) for place in places]
        return any(fnmatch(there, pattern) for there in THERE for pattern in patterns)
    return any(place in THERE for place in places)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_that_a_document_names_is_there(document):
    named = named_in(Path(document).read_text())
    paths = [word for word in named if re.fullmatch(r"[\w.*…-]+(/[\w.*…-]+)+", word)]
    gone = [path for path in paths if not is_there(path, LOOKED_FOR_IN.get(document, []))]
    assert not gone


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_a_document_names_without_a_folder_is_there(document):
    named = named_in(Path(document).read_text())
    files = [word for word in named if re.fullmatch(r"\w[\w-]*\.(py|toml|po|html|service)", word)]
    assert not [file for file in files if file not in FILES]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_of_a_document_leads_to_a_file(document):
    links = re.findall(r"\]\(([^)#:\s]+)[^)]*\)", Path(document).read_text())
    assert not [link for link in links if not Path(document).parent.joinpath(link).exists()]
