"""`/clock`: shows and moves the time, so that three weeks take five minutes. Local mode only."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from application.input_parsing.durations import read_duration
from application.ports import UnitOfWork, UnitOfWorkFactory
from bot.commands.command_context import CommandContext
from bot.messenger.message_factory import with_card, with_text
from bot.turn.identity import sender
from cards.elements.controls import render_card
from cards.request.summary import SAID
from changes.effects import Reply
from changes.errors import ValidationFailed
from changes.labels import time_of
from changes.model import Person, State
from changes.planning.timeline import pending
from changes.policy import Catalogue
from changes.reporting.search import comparable
from changes.text import Message, joined
from dialogs.turn import answer_with_card, send_text
from language import _, current_language, day_and_time_text, day_text, invalid, moment_text, use_language
from local.clock import MovableClock
from local.clock_report import (
    MARK,
    Report,
    changes_at_work,
    clock_card,
    keep,
    kept,
    lengths,
    report_body,
    what_happened,
)
from scheduler.worker import Worker

log = logging.getLogger(__name__)
_NEXT = frozenset({"next", "suivant", "weiter"})
FARTHEST = timedelta(days=400)


class TimeTravel:
    """Moves the clock through everything that falls due on the way, one move after the other."""

    def __init__(
        self,
        clock: MovableClock,
        worker: Worker,
        units: UnitOfWorkFactory,
        catalogue: Catalogue,
        kick: Callable[[], None],
    ) -> None:
        self._clock, self._worker, self._units, self._catalogue, self._kick = clock, worker, units, catalogue, kick
        self._moving = asyncio.Lock()
        self._journeys: set[asyncio.Task[None]] = set()

    async def order(self, request: CommandContext) -> None:
        """`/clock`, `/clock +3d`, `/clock +2h30`, `/clock next`. Raises ValidationFailed for anything else."""
        typed, _mark, key = request.order.rest.partition(MARK)
        wanted = comparable(typed)
        if not wanted:
            await send_text(request.context, await self._told(request.turn_input.session.unit))
            return
        span = None if wanted in _NEXT else _span(wanted)
        activity = request.context.activity
        where: dict[str, object] = {"id": activity.conversation.id, "serviceUrl": activity.service_url}
        session = request.turn_input.session
        real = await sender(session.unit, activity)
        people = (session.person, real.person if real is not None else session.person)
        language = current_language()
        pressed = await kept(session.unit, key) if request.turn_input.in_place else None
        if pressed is not None:
            await answer_with_card(request.context, render_card(report_body(pressed)), pressed.title)

        async def depart() -> None:
            with use_language(language):  # a task keeps the language that it was begun in
                journey = asyncio.create_task(self._travel(span, where, f"clock:{activity.id}", people))
            self._journeys.add(journey)
            journey.add_done_callback(self._journeys.discard)

        request.after_commit.append(depart)

    async def close(self) -> None:
        """Let the moves under way end."""
        await asyncio.gather(*self._journeys, return_exceptions=True)

    async def _travel(
        self, span: timedelta | None, where: dict[str, object], key: str, people: tuple[Person, Person]
    ) -> None:
        async with self._moving:
            try:
                told = await self._moved(span, people)
            except Exception:
                # Nobody awaits this task: whoever moved the clock would hear nothing.
                log.exception("the clock could not be moved")
                told = with_text(_("The clock could not be moved; the log says why."))
        async with self._units() as unit:
            await unit.outbox.add([Reply(key, "", where, told)], self._clock.now())
        self._kick()

    async def _moved(self, span: timedelta | None, people: tuple[Person, Person]) -> dict[str, Any]:
        """The message that says what came of it, to somebody who acts as the first of the people and is the second."""
        # What the last command caused has to be on its way before time goes on.
        await self._worker.run_due()
        target = self._clock.now() + span if span is not None else await self._worker.next_moment()
        if target is None:
            return with_text(_("Nothing is planned: `/change new` gives the clock something to wait for."))
        async with self._units() as unit:
            before = await lengths(unit)
        await self._worker.advance(target, lambda moment: self._clock.move_to(moment, self._units))
        moment, now = await self._worker.next_moment(), self._clock.now()
        async with self._units() as unit:
            lines, asked = await what_happened(unit, self._catalogue, before, now, people[0])
            report = Report(day_and_time_text(now, self._zone), lines, await self._following(unit, moment))
            key = now.isoformat()
            await keep(unit, key, report)
        return with_card(clock_card(report, asked, *people, key), report.title)

    @property
    def _zone(self) -> ZoneInfo:
        return next(iter(self._catalogue.services.values())).zone

    async def _following(self, unit: UnitOfWork, milestone: datetime | None) -> str:
        """What falls due next and when: by the clock where that is today."""
        due, what, _change = await self._coming(unit, milestone)
        if due is None:
            return ""
        local = due.astimezone(self._zone)
        is_today = local.date() == self._clock.now().astimezone(self._zone).date()
        return Message("{step}, {due}", step=what, due=time_of(local) if is_today else day_text(local.date()))

    async def _told(self, unit: UnitOfWork) -> str:
        text = _("It is **{moment_label}**.", moment_label=moment_text(self._clock.now(), self._zone))
        due, what, change = await self._coming(unit, None)
        if due is None:
            return text
        step = Message("{step}, {change}", step=what, change=change) if change else what
        goes = _(" Next: {step}, {due}. Type `/clock next` to jump.", step=step, due=moment_text(due, self._zone))
        return joined(text, goes, by="")

    async def _coming(self, unit: UnitOfWork, milestone: datetime | None) -> tuple[datetime | None, str, str]:
        """When something comes next, what, and of which change; a `milestone` is the moment of a server's operation."""
        coming: list[tuple[datetime, str, str]] = []
        operation = _("snapshot progress")
        for change in await changes_at_work(unit):
            service = self._catalogue.services.get(change.plan.service)
            if service is None:
                continue
            coming += [(step.due, _(SAID[step.kind]), change.id) for step in pending(change, service)]
            if change.state is State.RESTORING:
                operation = _("the restore goes on")
        if milestone is not None and all(milestone < due for due, _step, _id in coming):
            return milestone, operation, ""
        return min(coming, default=(None, "", ""))


def _span(text: str) -> timedelta:
    try:
        minutes = read_duration(text.removeprefix("+"))
    except ValidationFailed:
        minutes = 0
    if not 0 < minutes <= FARTHEST // timedelta(minutes=1):
        raise invalid("clock", "Say how far: `/clock +3d`, `/clock +2h30` or `/clock next`; it only goes forward.")
    return timedelta(minutes=minutes)
