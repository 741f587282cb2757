"""Handles notices that Teams or a mailbox refuses for good: records it, and sends mail instead of Teams."""

from application.ports import Clock, UnitOfWork, UnitOfWorkFactory, Write
from application.retry import commit_with_retry
from changes.delivery_log import DeliveryStatus, mail_record, mailed_before, recipients_of_retraction, teams_record
from changes.effects import Effect, MailNotice, SendNotice, mailed
from changes.notification import NOTICES
from changes.notification.recipients import recipients
from changes.policy import Catalogue
from changes.text import Message


class NoticeFallback:
    """Sees to it that nobody is left untold without a line in the delivery log that says so."""

    def __init__(self, units: UnitOfWorkFactory, catalogue: Catalogue, clock: Clock) -> None:
        self._units, self._catalogue, self._clock = units, catalogue, clock

    async def give_up(self, effect: Effect, reason: str) -> None:
        """The effect is not tried again, for this reason. Effects that tell nobody anything are left alone."""
        if isinstance(effect, MailNotice):
            told = mail_record(effect, DeliveryStatus.FAILED, self._clock.now(), reason)
            await commit_with_retry(self._units, self.with_follow_up(effect, lambda unit: unit.delivery_log.note(told)))
        elif isinstance(effect, SendNotice):
            await commit_with_retry(self._units, lambda unit: self._by_mail(unit, effect, reason))

    async def late(self, effect: Effect, reason: str) -> None:
        """The effect is still tried again, and has been for so long that a mail will be there before it."""
        if isinstance(effect, SendNotice):
            await commit_with_retry(
                self._units, lambda unit: self._by_mail(unit, effect, reason, DeliveryStatus.WAITING)
            )

    def with_follow_up(self, effect: Effect, write: Write | None) -> Write:
        """`write`, if anything is, and with it that whoever was told a date by mail hears by mail what becomes of it.

        That is whoever got a mail because Teams had failed, and whoever the plan named then and names no more
        (docs/process.md, P45).
        """
        notice = effect.notice if isinstance(effect, MailNotice) else effect

        async def both(unit: UnitOfWork) -> None:
            if write is not None:
                await write(unit)
            if isinstance(notice, SendNotice) and NOTICES[notice.kind].moves_date:
                await self._to_those_mailed(unit, notice)

        return both

    async def _to_those_mailed(self, unit: UnitOfWork, notice: SendNotice) -> None:
        told = await unit.delivery_log.of(notice.change)
        if not mailed_before(told, notice):
            return  # the change needs not be read for that
        stored = await unit.changes.load(notice.change)
        service = self._catalogue.services.get(stored.change.plan.service) if stored else None
        if stored is None or service is None:
            return
        had = recipients_of_retraction(told, notice, recipients(stored.change, service))
        mails = [mailed(notice, each, stored.version) for each in had]
        await unit.outbox.add(mails, self._clock.now())

    async def _by_mail(
        self, unit: UnitOfWork, notice: SendNotice, reason: str, result: DeliveryStatus = DeliveryStatus.FAILED
    ) -> None:
        """Note that it did not get through in Teams, and why; the mails that were sent anyway are the same ones."""
        stored = await unit.changes.load(notice.change)
        service = self._catalogue.services.get(stored.change.plan.service) if stored else None
        if stored is None or service is None:
            return
        now, people = self._clock.now(), recipients(stored.change, service)
        why = reason
        if not people:
            why = Message(
                "{cause} Nobody was told by mail: {service} names no address.", cause=reason, service=service.name
            )
        await unit.delivery_log.note(teams_record(notice, service, result, now, why))
        mails = [mailed(notice, recipient, stored.version, reason) for recipient in people]
        await unit.outbox.add(mails, now)
