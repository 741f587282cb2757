"""Builds the effects of one event: cards, lines in the thread, notices, and the key of each."""

from collections.abc import Sequence
from datetime import date

from changes import events as e
from changes.approvals import quorum as approvals
from changes.effects import Effect, PostThreadMessage, Preflight, SendNotice, UpsertCard, mailed
from changes.model import AWAITING_APPROVAL, Change, Person, Window
from changes.notification import (
    IN_PERSON,
    NOTICES,
    CardKind,
    News,
    NoticeKind,
    PublicTexts,
    SentOnce,
    ThreadMessage,
    message_of,
)
from changes.notification.recipients import recipients
from changes.planning.occupancy import Booking, touched_by_restore
from changes.planning.reminders import is_nudge, nudge_number
from changes.planning.timeline import stuck_in_time
from changes.policy import Service


class EffectBuilder:
    """Collects the effects of one entry, which made `change` out of `before`, numbering their keys."""

    def __init__(
        self,
        entry: e.Entry,
        before: Change | None,
        change: Change,
        service: Service,
        bookings: tuple[Booking, ...] = (),
    ) -> None:
        self.list: list[Effect] = []
        self.entry, self.before, self.change, self.service = entry, before, change, service
        self.requester, self.implementer, self.bookings = change.requester, change.plan.implementer, bookings

    def add(self, effect: Effect) -> None:
        """One more effect."""
        self.list.append(effect)

    def card(
        self, card: CardKind, mention: tuple[Person, ...] = (), *, only_edit: bool = False, of: Change | None = None
    ) -> None:
        """Show a card, posting it where it does not stand yet unless `only_edit`. `of` names an earlier round's."""
        message = message_of(card, of or self.change)
        people = self._others(mention)
        self.add(UpsertCard(self.key(card), self.change.id, card, message, people, only_edit))

    def edit_cards(self, *cards: CardKind, of: Change | None = None) -> None:
        """Have the cards say how it is now, where they stand; `of` names an earlier round's."""
        for card in cards:
            self.card(card, only_edit=True, of=of)

    def post_message(self, line: ThreadMessage, detail: str = "", *mention: Person) -> None:
        """Say a line in the thread, or in person where it is of that kind and somebody is left to be told."""
        people = self._others(mention)
        if line in IN_PERSON and not people:
            return
        by, at = self.entry.by, self.entry.at
        self.add(PostThreadMessage(self.key(line), self.change.id, line, by, at, detail, people))

    def _others(self, mention: tuple[Person, ...]) -> tuple[Person, ...]:
        """Each of them once, without whoever acted: nobody is told of their own act."""
        return tuple(each for each in dict.fromkeys(mention) if each != self.entry.by)

    def post_message_to(self, other: Booking, line: ThreadMessage) -> None:
        """Say a line about this change in the thread of another one, to its own people but whoever acted."""
        key, detail = self.key(f"{line}:{other.change}"), f"{self.change.id} ({self.change.plan.title})"
        by, at = self.entry.by, self.entry.at
        self.add(PostThreadMessage(key, other.change, line, by, at, detail, self._others(other.people)))

    def tell_neighbours(self, others: Sequence[Booking], line: ThreadMessage | None = None) -> None:
        """Say which other changes are near, and the line, if one is given, in the threads of those."""
        if others:
            self.post_message(ThreadMessage.NEIGHBOURS, "; ".join(f"{each.change} ({each.title})" for each in others))
        for other in others:
            if line is not None:
                self.post_message_to(other, line)

    def notice(
        self,
        kind: NoticeKind,
        detail: str = "",
        window: Window | None = None,
        *,
        news: News = News.SAID,
        was: Window | None = None,
        public: PublicTexts | None = None,
        only_mail: bool = False,
    ) -> None:
        """Tell the affected people of the window, or else the present one; `only_mail`: it is not posted again."""
        told = window or self.change.window
        key, once = self.key(kind), NOTICES[kind].once
        if once is SentOnce.ANNOUNCEMENT:
            # One announcement is one notice, as the first date or as another: with the next GO only those read it who
            # have not had it.
            key = f"{self.change.id}:{NoticeKind.PLANNED}:{self.change.announcements}"
        elif once is SentOnce.DATE:
            # What is said, not the event: edited back and forth, people are reminded of a date once, unless that date
            # was taken back in between (docs/process.md, P85).
            retractions = self.change.announcement_retractions
            key = f"{self.change.id}:{kind}:{told.start:%Y%m%dT%H%M}+{told.minutes}:{retractions}"
        notice = SendNotice(key, self.change.id, kind, told, self.entry.at, detail, news, was, public or {})
        if "teams" in self.service.notify and not only_mail:
            self.add(notice)
        if "mail" in self.service.notify:
            for recipient in recipients(self.change, self.service):
                self.add(mailed(notice, recipient, self.entry.seq))

    def key(self, what: str) -> str:
        """A key of its own for the next effect."""
        return f"{self.change.id}:{self.entry.seq}:{len(self.list)}:{what}"

    def preflight(self) -> None:
        """Look at the snapshot backend."""
        self.add(Preflight(self.key("preflight"), self.change.id))

    def warn_if_nobody_decides(self) -> None:
        """Tell requester and implementer when nobody who may decide is there in time, or too few are."""
        if self.change.standard is None and stuck_in_time(self.change, self.service):
            self.post_message(ThreadMessage.NOBODY_DECIDES, "", self.requester, self.implementer)

    def warn_if_nobody_decides_any_more(self) -> None:
        """Tell them when the last person who could decide may not any more, because it is their own change now."""
        waits = self.before is not None and self.change.state in AWAITING_APPROVAL
        if waits and self.before and self.before.standard is None and not stuck_in_time(self.before, self.service):
            self.warn_if_nobody_decides()

    @property
    def nudge_number(self) -> int:
        """1-based number of the reminder that is due, within its series; 0 for what is no reminder."""
        key = self.entry.event.key if isinstance(self.entry.event, e.StepFired) else ""
        return nudge_number(key) if is_nudge(key) else 0

    def deciders(self) -> tuple[Person, ...]:
        """Who is asked to decide now: the approver or, where it is their own change or they are away, the deputies."""
        return self.service.asked(self.change.involved, self._today)

    def asked_to_decide(self) -> tuple[Person, ...]:
        """Who is asked for pre-check or GO now, and has not decided yet (docs/process.md, P123)."""
        return approvals.asked_to_decide(self.change, self.service, self._today)

    def all_deciders(self) -> tuple[Person, ...]:
        """Everybody whose answer is still of use and who is there, or whose answer is at all."""
        return self._there(approvals.asked_stage(self.change, self.service).eligible)

    def asked_in_the_first_place(self) -> bool:
        """Whether the deputies were asked when GO first was: it is the approver's own change, or they were away."""
        asked_at = self.change.asked_at or self.entry.at
        asked = approvals.asked_to_decide(self.change, self.service, self.service.local(asked_at).date())
        return self.service.approver not in asked

    def approver_or_deputies(self) -> tuple[Person, ...]:
        """Who hears of the change for the service: the approver or, while they are away, the deputies."""
        return self.service.asked((), self._today)

    def incident_recipients(self) -> tuple[Person, ...]:
        """Who takes an incident over, with those whose change it is."""
        return (*self.service.deciding(), self.implementer, self.requester)

    def deputies(self) -> tuple[Person, ...]:
        """The deputies who are there, or all of them."""
        return self._there(self.service.deputies)

    def _there(self, people: tuple[Person, ...]) -> tuple[Person, ...]:
        return tuple(each for each in people if self.service.away_until(each, self._today) is None) or people

    @property
    def _today(self) -> date:
        return self.service.local(self.entry.at).date()


def tell_restore_is_off(effects: EffectBuilder) -> None:
    """Tell those whose work a restore would have overwritten that the one that waited does not take place."""
    before = effects.before
    if before is None or before.restore is None or not before.restore.waits:
        return
    for other in touched_by_restore(before, effects.bookings):
        effects.post_message_to(other, ThreadMessage.RESTORE_OFF)
