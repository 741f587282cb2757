"""What becomes of a notice that Teams or a mailbox refuses for good: it is noted, and mail takes the place of Teams."""

from changes.effects import Effect, MailNotice, NoticeKind, SendNotice, mailed
from changes.insist import insist
from changes.policy import Catalogue
from changes.ports import Clock, Result, UnitOfWork, Units, Way
from changes.sayings import Said
from changes.told import of_mail, of_post

OF_A_DATE = frozenset(
    {NoticeKind.RESCHEDULED, NoticeKind.EXTENSION, NoticeKind.CANCELLED, NoticeKind.POSTPONED, NoticeKind.PLANNED}
)
"""These move or take back what a mail put into somebody's calendar."""


class Telling:
    """Sees to it that nobody is left untold without a line in the ledger that says so."""

    def __init__(self, units: Units, catalogue: Catalogue, clock: Clock) -> None:
        self._units, self._catalogue, self._clock = units, catalogue, clock

    async def give_up(self, effect: Effect, reason: str) -> None:
        """The effect is not tried again, for this reason. Effects that tell nobody anything are left alone."""
        if isinstance(effect, MailNotice):
            told = of_mail(effect, Result.FAILED, self._clock.now(), reason)
            await insist(self._units, lambda unit: unit.ledger.note(told))
        elif isinstance(effect, SendNotice):
            await insist(self._units, lambda unit: self._by_mail(unit, effect, reason))

    async def late(self, effect: Effect, reason: str) -> None:
        """The effect is still tried again, and has been for so long that a mail will be there before it."""
        if isinstance(effect, SendNotice):
            await insist(self._units, lambda unit: self._by_mail(unit, effect, reason, Result.WAITING))

    async def follow_up(self, effect: Effect) -> None:
        """Whoever got a mail because Teams had failed hears by mail too of what becomes of that date (CASES.md 13)."""
        if isinstance(effect, SendNotice) and effect.kind in OF_A_DATE:
            await insist(self._units, lambda unit: self._to_those_mailed(unit, effect))

    async def _to_those_mailed(self, unit: UnitOfWork, notice: SendNotice) -> None:
        stored = await unit.changes.load(notice.change)
        service = self._catalogue.services.get(stored.change.plan.service) if stored else None
        if stored is None or service is None or "mail" in service.notify:
            return
        had = {each.to for each in await unit.ledger.of(notice.change) if each.way is Way.MAIL}
        mails = [mailed(notice, each, stored.version, "") for each in service.mail if each.address in had]
        await unit.outbox.add(mails, self._clock.now())

    async def _by_mail(self, unit: UnitOfWork, notice: SendNotice, reason: str, result: Result = Result.FAILED) -> None:
        """Note that it did not get through in Teams, and why; the mails that were sent anyway are the same ones."""
        stored = await unit.changes.load(notice.change)
        service = self._catalogue.services.get(stored.change.plan.service) if stored else None
        if stored is None or service is None:
            return
        now = self._clock.now()
        why = (
            reason
            if service.mail
            else Said(
                "{cause} Nobody was told by mail: {service} names no address.", cause=reason, service=service.name
            )
        )
        await unit.ledger.note(of_post(notice, service, result, now, why))
        mails = [mailed(notice, recipient, stored.version, reason) for recipient in service.mail]
        await unit.outbox.add(mails, now)
