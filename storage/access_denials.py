"""Who wanted what they may not."""

from sqlalchemy import func, insert, select

from application.ports import MOST_COUNTED, AccessDenial
from changes.model import Person
from storage.stored_messages import columns_of_text, text_of
from storage.tables import refusals
from storage.transaction import SqlStore


class SqlAccessDenialLog(SqlStore):
    """AccessDenialLog in the database."""

    async def note(self, refused: AccessDenial) -> None:
        new = insert(refusals).values(
            at=refused.at,
            person=refused.person.id,
            name=refused.person.name,
            change=refused.change,
            what=refused.what,
            via=refused.via,
            **columns_of_text("sentence", refused.sentence),
        )
        await self._transaction.execute(new)

    async def latest(self, limit: int = 50, offset: int = 0) -> tuple[AccessDenial, ...]:
        query = select(refusals).order_by(refusals.c.at.desc(), refusals.c.id.desc()).limit(limit).offset(offset)
        return tuple(
            AccessDenial(
                row.at,
                Person(row.person, row.name),
                row.change,
                row.what,
                row.via,
                text_of(row.sentence, row.sentence_message),
            )
            for row in await self._transaction.execute(query)
        )

    async def count(self) -> int:
        newest = select(refusals.c.id).order_by(refusals.c.at.desc()).limit(MOST_COUNTED).subquery()
        return int((await self._transaction.execute(select(func.count()).select_from(newest))).scalar_one())
