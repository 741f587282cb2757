"""A post office over a real SQLite file: the outbox, the ledger and a mailbox in a Graph that fails when it is told."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from random import Random

import httpx
import pytest

from application.limits.rate_limiter import RateLimiter
from application.ports import OutcomeUnknown, Write
from application.retry import commit_with_retry
from application.retry_log import RetryLog
from changes.delivery_log import DeliveryRecord, DeliveryStatus
from changes.effects import MailNotice, SendNotice, mailed
from changes.model import Change
from changes.notification.notices import NoticeKind
from changes.policy import Catalogue, Recipient, Service
from notices import GraphMailbox, Mailer, MailRenderer, NoticeRenderer, RenderedMail
from notices.graph import PER_MINUTE
from scheduler.heartbeat import Heartbeat
from scheduler.notice_fallback import NoticeFallback
from scheduler.outbox import OutboxDispatcher
from storage import Store, open_store
from tests.contract.subjects import saved, scheduled
from tests.integration.scheduler.conftest import LEARN, Clock
from tests.support.autocommit import autocommit
from tests.support.graph import SENDER, Fault, Graph, Tokens, client
from tests.support.walked import with_tables

EVERYBODY = Recipient("learn@example.ch")


@dataclass
class FormLetter:
    """One letter for everything, where the wording is not what matters and a thousand of them would take long.

    `subject` stands above all of them, as templates without an id give it; otherwise each has its notice's key.
    """

    subject: str = ""

    def render_mail(
        self, notice: SendNotice, change: Change, service: Service, language: str, sequence: int, to: str
    ) -> RenderedMail:
        return RenderedMail(self.subject or notice.key, "Planned maintenance.", "<p>Planned maintenance.</p>")


@dataclass
class Office:
    """`post` carries mails about `change` out; `deliver` lets the outbox do so until nothing waits."""

    store: Store
    clock: Clock
    graph: Graph
    http: httpx.AsyncClient
    change: Change
    service: Service = field(default_factory=lambda: replace(LEARN, mail=(EVERYBODY,), notify=("mail",)))
    tokens: Tokens = field(default_factory=Tokens)

    def __post_init__(self) -> None:
        self.catalogue = Catalogue({"learn": self.service})
        self.pace = RateLimiter(self.store.units, self.clock, [PER_MINUTE])
        self.mailbox = GraphMailbox(self.http, self.graph.url, SENDER, self.tokens, self.pace)
        self.write_with(NoticeRenderer(organizer=SENDER))
        self.telling = NoticeFallback(self.store.units, self.catalogue, self.clock)

    def write_with(self, letters: MailRenderer) -> None:
        self._mailer = Mailer(self.store.units, self.catalogue, self.clock, letters, self.mailbox)

    def mail(
        self, number: int = 1, to: Recipient = EVERYBODY, instead: str = "", *, of: Change | None = None
    ) -> MailNotice:
        """The mail of the change's notice of that number."""
        change = of or self.change
        key = f"{change.id}:{number}:planned"
        notice = SendNotice(key, change.id, NoticeKind.PLANNED, change.plan.window, self.clock.now())
        return mailed(notice, to, number, instead)

    def fails_once(self, fault: Fault) -> None:
        """Let the first call of Graph meet that fault."""
        faults = [fault]
        self.graph.fault = lambda: faults.pop() if faults else None

    async def deliver(self, *mails: MailNotice) -> None:
        await autocommit(self.store).outbox.add(mails, self.clock.now())
        runner = OutboxDispatcher(
            self.store.units,
            self.clock,
            self.carry,
            self.telling.give_up,
            self.telling.late,
            "me",
            Random(7),
            Heartbeat(),
            lambda: True,
            RetryLog(),
        )
        await runner.run()
        while wake := await self._wake():
            self.clock.go_to(max(wake, self.clock.now()))
            await runner.run()

    async def post(self, mail: MailNotice) -> None:
        """Send it outside of the outbox, with what is written of it at the end."""
        if (write := await self._mailer(mail)) is not None:
            await commit_with_retry(self.store.units, write)

    async def carry(self, effect: object) -> Write | None:
        assert isinstance(effect, MailNotice)
        return await self._mailer(effect)

    async def loses(self, mail: MailNotice) -> None:
        """The answer of Graph is lost; a minute later the mail may be looked for."""
        with pytest.raises(OutcomeUnknown):
            await self.post(mail)
        self.clock.go_on(seconds=60)

    async def ledger(self) -> tuple[DeliveryRecord, ...]:
        return await autocommit(self.store).delivery_log.of(self.change.id)

    async def results(self) -> list[DeliveryStatus]:
        """What came of each mail of the change."""
        return [told.result for told in await self.ledger()]

    async def _wake(self) -> datetime | None:
        return await autocommit(self.store).outbox.next_attempt()


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    clock = Clock()
    url = f"sqlite+aiosqlite:///{tmp_path}/changes.db"
    await with_tables(url)
    store = await open_store(url, RetryLog())
    try:
        async with Graph(clock.now) as graph, client(0.5) as http:
            yield Office(store, clock, graph, http, await saved(autocommit(store), *scheduled()))
    finally:
        await store.close()
