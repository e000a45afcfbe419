"""``kiosk certificate``: draw documents as a printer would, and check certificates without the centre."""

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
import msgspec

from command_line.failure import CommandError, Exit
from command_line.program import Commands, missing
from command_line.types import FILE, FILE_IF_THERE, FILE_TO_READ, LONGEST_FILE, Named
from text.files import read_file

if TYPE_CHECKING:
    from kiosk.paper.certificates.verification import Certified, Verdict

_NOT_GENUINE = {
    "not-our-code": "这不是本系统证明的二维码",
    "unknown-key": "签名用的密钥不在可信密钥里：不是本系统开具的，或密钥文件太旧",
    "wrong-signature": "签名不对：内容被改过，或者是伪造的",
    "key-not-yet-used": "签名用的密钥那时还没有启用：日期被改过，或者是伪造的",
    "key-retired": "签名用的密钥那时已经换下：日期被改过，或者是伪造的",
    "key-withdrawn": "签名用的密钥那时已经作废：可能是别人用偷来的密钥伪造的",
    "other-id-number": "二维码是中心签名的，但证件号码不是这个号码",
}
_PICTURES = (".png", ".jpg", ".jpeg")
LONGEST_ID_NUMBER = 100
"""Characters of a line of the standard input."""
_SAMPLE_KIOSK = "000000-000"


def _profiles() -> list[str]:
    from hardware.printer import profile

    return profile.names()


@click.group(cls=Commands)
def certificate() -> None:
    """Draw documents as they are printed, and verify printed certificates.

    Example: kiosk certificate examples participation > document.json

    Exit codes: 0 done · 1 not genuine, or it cannot be printed · 2 the input cannot be understood.
    """


@certificate.command
@click.argument("document", type=FILE_TO_READ)
@click.option(
    "--profile",
    "profile_name",
    type=Named("printer profile", _profiles),
    required=True,
    help="One of the printer profiles, or a .toml file.",
)
@click.option("--out", type=FILE, required=True, help="The file to write.")
@click.option(
    "--bytes", "as_bytes", is_flag=True, help="Write the bytes for the printer instead of a picture."
)
def render(document: Path, profile_name: str, out: Path, as_bytes: bool) -> None:
    """Draw DOCUMENT (JSON) as the printer of a profile would print it, from its very bytes.

    `kiosk certificate examples` has one document of each kind to begin with.

    Example: kiosk certificate render document.json --profile epson-tm-t88v --out document.png
    """
    from hardware.printer import profile as profiles
    from hardware.printer.encoder import UnprintableDocumentError, encode
    from hardware.simulator.printer_picture import draw
    from kiosk.paper.certificates.kinds import DocumentError, lay_out, read
    from kiosk.paper.certificates.sheet import Copy
    from sync.protocol.certificate_kinds import CHINA

    copy = Copy(_SAMPLE_KIOSK, 1, datetime.now(CHINA))
    try:
        profile = profiles.load(profile_name)
        job = encode(lay_out(read(read_file(document, LONGEST_FILE)), copy), profile)
    except (profiles.ProfileError, DocumentError) as error:
        _refuse(f"{document}: {error}" if isinstance(error, DocumentError) else str(error))
    except UnprintableDocumentError as error:
        raise CommandError(str(error), "unprintable") from error
    if as_bytes:
        out.write_bytes(job)
    else:
        draw(job, profile).save(out, "PNG", optimize=True)


@certificate.command
@click.argument("kind", required=False)
def examples(kind: str | None) -> None:
    """List the kinds of document; with KIND, print an example of it as JSON. The people in it are invented.

    Example: kiosk certificate examples pension-receipt > document.json
    """
    from kiosk.paper.certificates import kinds

    found = kinds.examples()
    if kind is None:
        click.echo("\n".join(found))
    elif kind in found:
        click.echo(found[kind], nl=False)
    else:
        _refuse(f"no kind {kind!r}; there are: {', '.join(found)}")


@certificate.command
@click.argument("code", metavar="PAYLOAD|FILE.png")
@click.option(
    "--keys",
    type=FILE_IF_THERE,
    default=Path("certificate-keys.json"),
    show_default=True,
    help="The centre's public keys, as `kiosk-central keys` prints them; JSON or TOML.",
)
@click.option(
    "--id-number", "with_id_number", is_flag=True, help="Compare the ID number, read from standard input."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(code: str, keys: Path, with_id_number: bool, as_json: bool) -> None:
    """Say what a certificate's QR code certifies, or why it does not; the centre is not asked.

    PAYLOAD is the text of the QR code; a file is a picture of it, such as a photograph of the paper. The code holds
    the ID number (for an employer, the credit code) only as a hash: it is compared when you give it.

    Example: kiosk certificate verify paper.png --keys certificate-keys.json
    """
    from kiosk.paper.certificates.verification import (
        KeysError,
        UnreadablePictureError,
        load_keys,
        read_picture,
    )
    from kiosk.paper.certificates.verification import verify as judge
    from sync.protocol.certificate_kinds import CHINA

    try:
        payload = read_picture(Path(code)) if _is_picture(code) else code
        id_number = sys.stdin.readline(LONGEST_ID_NUMBER).strip() if with_id_number else None
        verdict = judge(payload, load_keys(keys), datetime.now(CHINA).date(), id_number)
    except (KeysError, UnreadablePictureError) as error:
        _refuse(str(error))
    except ModuleNotFoundError as error:
        raise missing(error, "verify") from error
    click.echo(msgspec.json.encode(verdict) if as_json else _say(verdict))
    sys.exit(not verdict.genuine)


def _is_picture(code: str) -> bool:
    return code.lower().endswith(_PICTURES) or os.path.exists(code)


def _say(verdict: "Verdict") -> str:
    if verdict.reason:
        return f"不是真的：{_NOT_GENUINE[verdict.reason]}。请不要采用。"
    assert verdict.certificate
    return "\n".join([*_lines(verdict.certificate), *_warning(verdict)])


def _warning(verdict: "Verdict") -> list[str]:
    if not (withdrawn := verdict.key_withdrawn):
        return []
    return [
        f"注意：签名用的密钥后来作废了（{withdrawn:%Y-%m-%d} 起）。偷到密钥的人能写以前的日期，请再上网核验。"
    ]


def _lines(found: "Certified") -> list[str]:
    region = f"{found.region}"
    end = f"{found.valid_until or '长期有效'}{'（已过期，请持有人重新开具）' if found.expired else ''}"
    rows = [
        ("种类", found.title or "本程序不认识的新种类"),
        ("编号", found.number),
        ("行政区划", region),
        ("开具时间", f"{found.issued_at:%Y-%m-%d %H:%M}"),
        ("姓名或名称", f"{found.name}（开头）"),
        ("月数", f"{found.months}"),
        ("最后月份", found.last_month or "无"),
        ("有效期至", end),
    ]
    return ["是真的：由中心签名。请与纸上逐项核对。", *(f"{name}：{value}" for name, value in rows)]


def _refuse(message: str) -> NoReturn:
    raise CommandError(message, "input", Exit.WRONG_CALL)
