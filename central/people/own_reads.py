"""Telling a person who was told of their record."""

from datetime import datetime

from sqlalchemy import Connection

from central.access.answering import answers
from central.access.kiosks import Caller
from central.store.reads import find_reads
from sync.protocol.reads import MOST_READS, READS_OF_ME, Read, ReadsAnswer, ReadsRequest


@answers(READS_OF_ME)
def own_reads(tx: Connection, caller: Caller, _request: ReadsRequest, _at: datetime) -> ReadsAnswer:
    """Return who was told of the record of the person who was identified in this visit."""
    rows = find_reads(tx, caller.proven.id_number, MOST_READS + 1)
    told = tuple(
        Read(at=row.at, actor=row.actor, by=row.by, channel=row.channel, what=row.what, kind=row.kind)
        for row in rows[:MOST_READS]
    )
    return ReadsAnswer(reads=told, more=len(rows) > MOST_READS)
