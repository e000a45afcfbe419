"""A kiosk's key is replaced by another that the kiosk has: nobody has to enrol it again, and old seals stay proven."""

from datetime import datetime

from sqlalchemy import Connection

from central.access import kiosks
from central.access.answering import answers
from central.access.kiosks import Caller
from central.access.terminals import actor_of
from central.store.acts import record
from central.store.refusals import RefusedError
from sync.protocol import algorithms
from sync.protocol.algorithms import AlgorithmUnknownError, SignatureInvalidError
from sync.protocol.key_rotation import ROTATE_KEY, KeyAnswer, KeyRequest, statement


@answers(ROTATE_KEY)
def rotate(tx: Connection, caller: Caller, request: KeyRequest, at: datetime) -> KeyAnswer:
    """Let the key of the request sign for the kiosk from now on; once it does, the same again changes nothing.

    :raises Refused: it does not replace the key that signed this, or the kiosk does not have it.
    """
    name = _require_proof(caller.kiosk_id, request)
    if caller.key_id != name:
        if caller.key_id != request.replaces:
            raise RefusedError("signature-wrong")
        kiosks.replace_key(tx, caller.kiosk_id, request.algorithm, request.public_key, at)
        actor = actor_of(tx, caller.kiosk_id, at)
        record(tx, actor, "kiosk-key-replaced", caller.kiosk_id, note=f"{caller.key_id} {name}")
    return KeyAnswer(name)


def _require_proof(kiosk_id: str, request: KeyRequest) -> str:
    """Return the new key's fingerprint, if the kiosk has the key.

    :raises Refused: it has not, or there is no such key.
    """
    told = statement(kiosk_id, request.replaces, request.algorithm, request.public_key)
    try:
        key, proof = algorithms.from_text(request.public_key), algorithms.from_text(request.proof)
        algorithms.verify(request.algorithm, key, proof, told)
    except AlgorithmUnknownError as error:
        raise RefusedError("algorithm-unknown") from error
    except (ValueError, SignatureInvalidError) as error:
        raise RefusedError("signature-wrong") from error
    return algorithms.key_id(request.algorithm, key)
