"""The completed changes of a service that have words in common with another one.

The last LOOKED_AT of them are looked at, as they lie in an index: it takes as long however many there are.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from changes.model import Change
from storage import codec
from storage.tables import changes
from storage.transaction import Transaction

LOOKED_AT, MOST_WORDS = 200, 8
NOTHING = "\x01"
"""In the places of words that there are not: no text has it, as what people type is cleaned of it."""


def _built() -> sa.Select[tuple[str]]:
    of, newest = changes.c, (changes.c.starts_at.desc(), changes.c.id.desc())
    last = sa.select(of.id, of.starts_at, of.words).where(of.service == sa.bindparam("service"))
    last = last.where(of.state == sa.literal_column("'completed'", sa.Text()))
    few = last.order_by(*newest).limit(sa.literal_column(str(LOOKED_AT))).subquery()
    has = [sa.case((few.c.words.like(sa.bindparam(f"word_{n}")), 1), else_=0) for n in range(MOST_WORDS)]
    scored = sa.select(few.c.id, few.c.starts_at, sum(has[1:], has[0]).label("score")).subquery()
    best = (scored.c.score.desc(), scored.c.starts_at.desc(), scored.c.id.desc())
    found = sa.select(of.document).join(scored, of.id == scored.c.id).where(scored.c.score >= sa.bindparam("least"))
    return found.order_by(*best).limit(sa.bindparam("most"))


SIMILAR = _built()


async def similar(
    transaction: Transaction, service: str, words: Sequence[str], least: int, most: int
) -> tuple[Change, ...]:
    """The changes with at least so many of the folded words, those with most of them first, then the newest."""
    asked = [*words[:MOST_WORDS], *[NOTHING] * (MOST_WORDS - len(words))]
    values = {"service": service, "least": least, "most": most, **{f"word_{n}": f"%{w}%" for n, w in enumerate(asked)}}
    return tuple(map(codec.decode_change, (await transaction.execute(SIMILAR, values)).scalars()))
