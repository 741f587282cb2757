"""What can be read of changes."""

import re

from application.ports import VersionedChange
from changes.errors import Hidden, NotFound
from changes.permissions import THERE_IS_NONE
from web.api.models import CHANGE_ID, ChangeModel
from web.api.operation import SECONDS, Answer, Call

_ID = re.compile(CHANGE_ID, re.ASCII)


async def change(call: Call) -> Answer:
    """One change, as it stands."""
    try:
        async with call.api.looks(0.9 * SECONDS) as unit:
            stored = await (await call.session(unit)).stored(change_id_of(call))
    except Hidden as hidden:
        await call.log_denial(hidden, "show")
        raise
    return answer_of(stored)


def answer_of(stored: VersionedChange, status: int = 200) -> Answer:
    """The change, with its tag."""
    return Answer(ChangeModel.of(stored.change, stored.version), tag_of(stored), status)


def tag_of(stored: VersionedChange) -> str:
    """The entity tag of the change: another whenever anything has happened to it."""
    return f'"{stored.version}"'


def change_id_of(call: Call) -> str:
    """The id in the address. Raises NotFound for what is none."""
    given = call.arguments["id"]
    if not _ID.fullmatch(given):
        raise NotFound(THERE_IS_NONE, id=given[:40])
    return given
