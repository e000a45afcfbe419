"""Proving that the person of an ID card is the one who is here: their face is compared with the photo on the card.

No picture is kept: each is used up by one comparison, and the centre is told only how like they are.
"""

from collections.abc import Generator
from typing import Any

from uuid_utils import uuid7

from hardware.face.matcher import FaceMatcher, Likeness, MatcherError, NobodyError, Picture
from kiosk.credentials.presenting import present_again
from kiosk.dialogue.questions import Confirm, Notice, Question, WentBack, Working
from kiosk.dialogue.questions import Picture as Drawing
from kiosk.dialogue.words import _
from kiosk.visit.asking import ask
from kiosk.visit.person import Credential
from kiosk.visit.visit import FaceMatched, Visit
from sync.protocol.credentials import FACE_TRIES, REPORT_FACE, FaceQuestion, FaceReport

LOOK = Confirm(
    title=_("请核对本人"),
    text=_("请摘下口罩和帽子，正对屏幕上方的摄像头。照片只用来比对一次，不保存。"),
    yes=_("准备好了，开始比对"),
    no=_("不比对，返回"),
)
COMPARING = Working(title=_("正在比对"), text=_("请看着摄像头，不要移动。"), picture=Drawing.WAIT)
NOBODY = Notice(
    title=_("没有看到一个人的脸"),
    text=_("请一个人正对摄像头，光线亮一些，再试一次。不算一次失败。"),
)


class FaceNotMatchedError(Exception):
    """No try is left today."""


class FacesUnavailableError(Exception):
    """Faces cannot be compared now."""


def match_face(visit: Visit) -> Generator[Question, Any, None]:
    """Compare the face before the camera with the photo of the ID card, until they are alike.

    :raises WentBack: the citizen does not want that. FaceNotMatchedError: no try is left today.
        FacesUnavailableError: the camera does not work. CentralUnreachableError, CentralRefusedError: nothing is known.
    """
    tries = yield from ask(visit, FACE_TRIES, FaceQuestion(**_about(visit)))
    left = tries.left
    while not visit.state().face_matched:
        if not left:
            raise FaceNotMatchedError
        if not (yield LOOK):
            raise WentBack
        left = yield from _try_once(visit, left)


def _try_once(visit: Visit, left: int) -> Generator[Question, Any, int]:
    """Compare once, and return how many tries are left."""
    photo = yield from _photo(visit)
    yield COMPARING
    try:
        likeness = _likeness(visit, photo)
    except NobodyError:
        yield NOBODY
        return left
    report = FaceReport(**_about(visit), request_id=str(uuid7()), score=likeness.score, live=likeness.live)
    result = yield from ask(visit, REPORT_FACE, report)
    if result.matched:
        visit.happened(FaceMatched())
    elif result.left:
        yield Notice(
            title=_("没有比对成功"),
            text=_("今天还可以试 {left} 次。业务没有办理，信息没有变化。", left=result.left),
        )
    return result.left


def _photo(visit: Visit) -> Generator[Question, Any, Picture]:
    """Return the photo of the ID card, which is laid down once more when its photo is used up."""
    while visit.photo is None:
        yield present_again(visit, Credential.ID_CARD)
    return visit.photo


def _likeness(visit: Visit, photo: Picture) -> Likeness:
    matcher: FaceMatcher | None = visit.faces
    if matcher is None:
        raise FacesUnavailableError
    try:
        live = matcher.capture()
        visit.photo = None
        return matcher.compare(photo, live)
    except MatcherError as trouble:
        raise FacesUnavailableError from trouble


def _about(visit: Visit) -> dict[str, Any]:
    return {
        "visit_id": visit.visit_id,
        "region": visit.region,
        "id_number": visit.holder.id_number,
        "verified_by": "id-card",
    }
