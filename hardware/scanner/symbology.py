"""What a scanner may put around the data of a code, as it is set: the AIM identifier and ECI designators.

Sources: ISO/IEC 15424 (``]``, the letter of the symbology, a modifier), ISO/IEC 18004 annex F (which modifiers of
QR codes say that ECI is in use), AIM ECI specification (a backslash and six digits, such as ``\\000026`` for
UTF-8; where these are in use, a backslash of the data itself is sent twice).
"""

import re

_IDENTIFIER = re.compile(rb"\][A-Za-z][0-9A-Za-z]")
_ECI_IN_USE = (b"]Q2", b"]Q4", b"]Q6")
_DESIGNATOR = re.compile(rb"\\[0-9]{6}")
_BACKSLASH = b"\\"

LONGEST_WRAPPING = len(b"]Q2") + len(b"\\000026")


def unwrap(scan: bytearray) -> None:
    """Leave only the data of the code in ``scan``."""
    identifier = _IDENTIFIER.match(scan)
    uses_eci = bool(identifier) and bytes(scan[:3]) in _ECI_IN_USE
    if identifier:
        del scan[: identifier.end()]
    if uses_eci or _DESIGNATOR.match(scan):
        _decode_eci(scan)


def _decode_eci(scan: bytearray) -> None:
    at = 0
    while (at := scan.find(_BACKSLASH, at)) >= 0:
        if designator := _DESIGNATOR.match(scan, at):
            del scan[at : designator.end()]
        else:
            at += 1
            if scan[at : at + 1] == _BACKSLASH:
                del scan[at]
