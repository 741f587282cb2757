"""Carries out a mail: writes the letter, sends it once, and notes in the delivery log what came of it.

Before a mail is handed over the delivery log says so. Whatever happens then, a time-out or the end of the process, the
next attempt finds that record and looks into the mailbox before it sends anything again.
"""

import html
import logging
import re

from application.ports import (
    Clock,
    OutcomeUnknown,
    PermanentError,
    RetryableError,
    UnitOfWork,
    UnitOfWorkFactory,
    Write,
)
from application.queries.directory import Directory
from application.retry import commit_with_retry
from changes.delivery_log import DeliveryRecord, DeliveryStatus, is_irrelevant_for, mail_record
from changes.effects import MailNotice
from changes.policy import Catalogue, Service
from changes.text import Message
from language import N_, _, use_language
from notices.mailbox import LOOK_BACK, SEEN_AFTER_S, Mail, Mailbox, MailRenderer, name_of

log = logging.getLogger(__name__)
_INSTEAD = N_("You get this by mail because the bot could not say it in Teams: {cause}")
_BODY = re.compile(r"<body[^>]*>", re.IGNORECASE)


class Mailer:
    """Sends mails through one mailbox."""

    def __init__(
        self, units: UnitOfWorkFactory, catalogue: Catalogue, clock: Clock, letters: MailRenderer, mailbox: Mailbox
    ) -> None:
        self._units, self._catalogue, self._clock = units, catalogue, clock
        self._letters, self._mailbox = letters, mailbox

    async def __call__(self, effect: MailNotice) -> Write | None:
        """Send the mail, unless it has gone out or is about what its reader never heard of; what to write of it then.

        Raises RetryableError or PermanentError when it did not go out.
        """
        mail: Mail | None = None
        asked: DeliveryRecord | None = None

        async def prepare(unit: UnitOfWork) -> None:
            nonlocal mail, asked
            told = await unit.delivery_log.get(effect.key)
            asked = told if told is not None and told.result is DeliveryStatus.UNCONFIRMED else None
            is_sent = told is not None and told.result is DeliveryStatus.SENT
            mail = None if is_sent else await self._written(unit, effect)
            if mail is not None and asked is None:
                await unit.delivery_log.note(self._record(effect, DeliveryStatus.UNCONFIRMED))

        await commit_with_retry(self._units, prepare)
        if mail is None:
            return None
        if asked is not None:
            if await self._went_out(asked, mail):
                return self._note(effect, DeliveryStatus.SENT)
            await commit_with_retry(self._units, self._note(effect, DeliveryStatus.UNCONFIRMED))
        try:
            where = await self._mailbox.send(mail)
        except OutcomeUnknown:
            raise
        except RetryableError as later:
            await commit_with_retry(self._units, self._note(effect, DeliveryStatus.WAITING, later.sentence))
            raise
        log.info("mail %s went out to %s %s", effect.key, effect.to.address, where)
        return self._note(effect, DeliveryStatus.SENT, where)

    async def _went_out(self, told: DeliveryRecord, mail: Mail) -> bool:
        left = (told.at - self._clock.now()).total_seconds() + SEEN_AFTER_S
        if left > 0:
            # More than that only a clock makes of it that was set back.
            raise OutcomeUnknown(Message("It is not known yet whether the mail went out."), min(left, SEEN_AFTER_S))
        async with self._units() as unit:
            lines = await unit.delivery_log.mailed_since(told.at - LOOK_BACK)
        # A line is written when a mail is handed over and again when it was answered: it is never too old to be found.
        # What waits was handed over to nobody; what failed may have been.
        others = (each for each in lines if each.key != told.key and each.result is not DeliveryStatus.WAITING)
        return await self._mailbox.was_sent(mail, told.at, frozenset(each.to.casefold() for each in others))

    async def _written(self, unit: UnitOfWork, effect: MailNotice) -> Mail | None:
        """The mail; None where its reader never heard of what it is about. Raises PermanentError."""
        stored = await unit.changes.load(effect.change)
        if stored is None:
            raise PermanentError(f"{effect.change} does not exist")
        service = await Directory(unit).service(self._catalogue.of(stored.change))
        if is_irrelevant_for(await unit.delivery_log.of(effect.change), effect, service):
            return None
        to, sequence = effect.to, effect.sequence
        letter = self._letters.render_mail(effect.notice, stored.change, service, to.language, sequence, to.address)
        text, page = _with_reason(letter.text, letter.html, effect, service)
        name, now = name_of(effect), self._clock.now()
        return Mail(name, to.address, letter.subject, text, page, letter.calendar, letter.method, now)

    def _record(self, effect: MailNotice, result: DeliveryStatus, why: str = "") -> DeliveryRecord:
        return mail_record(effect, result, self._clock.now(), why)

    def _note(self, effect: MailNotice, result: DeliveryStatus, why: str = "") -> Write:
        told = self._record(effect, result, why)
        return lambda unit: unit.delivery_log.note(told)


def _with_reason(text: str, page: str, effect: MailNotice, service: Service) -> tuple[str, str]:
    """The text and the page, with a line before them that says why this is a mail."""
    if not effect.instead:
        return text, page
    language = effect.to.language or service.languages[0]
    with use_language(language):
        line = _(_INSTEAD, cause=effect.instead)
    begin = found.end() if (found := _BODY.search(page)) else 0
    return f"{line}\n\n{text}", f"{page[:begin]}<p><em>{html.escape(line)}</em></p>{page[begin:]}"
