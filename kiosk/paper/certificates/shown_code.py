"""What somebody shows or types to have a document verified: its 校验码, the signed text of its QR code, or both."""

import re
from dataclasses import dataclass

from sync.protocol import certificate_code
from sync.protocol.certificate_code import CodeError
from sync.protocol.verification import CODE_LENGTH, CODE_LETTERS

_BESIDE = re.compile(r"[\s\-·]+")
"""What people write between the groups of a code."""


@dataclass(frozen=True, repr=False)
class ShownCode:
    """The 校验码, '' where there is none, and the signed text, '' where there is none."""

    code: str = ""
    signed: str = ""


class NotOurCodeError(ValueError):
    """What was scanned is no QR code of a document of ours."""


class MistypedCodeError(ValueError):
    """No 校验码 looks like that: ``length`` is how many characters it has, ``strange`` those that are in none."""

    def __init__(self, length: int, strange: str) -> None:
        super().__init__(f"{length} characters, {len(strange)} of them strange")
        self.length, self.strange = length, strange


def typed_code(text: str) -> ShownCode:
    """Return a 校验码 as it is kept, in whichever case and groups it was typed.

    :raises MistypedCodeError: it cannot be one.
    """
    code = _BESIDE.sub("", text).upper()
    strange = "".join(dict.fromkeys(letter for letter in code if letter not in CODE_LETTERS))
    if strange or len(code) != CODE_LENGTH:
        raise MistypedCodeError(len(code), strange)
    return ShownCode(code)


def scanned_code(text: str) -> ShownCode:
    """Return what a scanned text holds: an address with the signed text, that text alone, or a 校验码 alone.

    An address without it is on no paper of ours, whatever its end looks like.

    :raises NotOurCodeError: it is none of these.
    """
    address, _, signed = text.strip().rpartition("#")
    if _is_signed(signed):
        return ShownCode(_code_or_nothing(address.rpartition("/")[2]), signed)
    if code := _code_or_nothing(text):
        return ShownCode(code)
    raise NotOurCodeError


def _is_signed(text: str) -> bool:
    try:
        certificate_code.read(text)
    except CodeError:
        return False
    return True


def _code_or_nothing(text: str) -> str:
    try:
        return typed_code(text).code
    except MistypedCodeError:
        return ""
