"""Shows a notice before it goes out: the very text, and who would get it."""

import re

from application.ports import NoticeTexts
from bot.commands.command_context import CommandContext
from bot.commands.command_words import word_for
from cards.overview.delivery_log import notice_name
from changes.errors import NotFound
from changes.model import Change
from changes.notification import NoticeKind
from changes.notification.recipients import recipients
from changes.policy import Service
from changes.reporting.search import comparable
from changes.text import Message
from changes.text.messages import listed
from dialogs.turn import send_text
from language import _

_SIGNS = re.compile(r"[-_:]")


async def preview(wording: NoticeTexts, request: CommandContext) -> None:
    """`notice ID KIND`: the notice of that kind as it would go out now. Anybody may look."""
    session = request.turn_input.session
    change = await request.change()
    service = await session.service(change.plan.service)
    kind = _kind(request.argument, change)
    await send_text(request.context, _whom(kind, change, service))
    await send_text(request.context, Message.from_markup(wording.preview(kind, change, service, session.now)))


def _kind(typed: str, change: Change) -> NoticeKind:
    """The kind called that, by its name in the language of the moment or by its key."""
    wanted = _bare(typed)
    for kind in NoticeKind:
        if wanted and wanted in (_bare(kind.value), _bare(notice_name(kind.value))):
            return kind
    names = [notice_name(kind.value).replace(":", "") for kind in NoticeKind]
    raise NotFound(
        "Which notice do you want to read? There are: {names}. For example `/change {word} {id} {example}`.",
        names=listed(names),
        word=word_for("notice"),
        id=change.id,
        example=notice_name(NoticeKind.REMINDER.value),
    )


def _bare(text: str) -> str:
    """The text as it is compared: the signs between its words do not matter."""
    return " ".join(_SIGNS.sub(" ", comparable(text)).split())


def _whom(kind: NoticeKind, change: Change, service: Service) -> str:
    """By which ways the notice goes, and to whom."""
    name = notice_name(kind.value)
    addresses = listed(each.address for each in recipients(change, service))
    if "mail" not in service.notify or not addresses:
        return _("The notice *{notice}* as it would be posted in Teams now:", notice=name)
    if "teams" not in service.notify:
        return _("The notice *{notice}* as it would go by mail to {addresses} now:", notice=name, addresses=addresses)
    return _(
        "The notice *{notice}* as it would be posted in Teams now, and go by mail to {addresses}:",
        notice=name,
        addresses=addresses,
    )
