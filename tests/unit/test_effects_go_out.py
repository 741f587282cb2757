"""Every effect has a row in the table, a name to be stored under, and somebody who carries it out."""

from typing import Any

from application.retry_log import RetryLog
from bot.messenger.messenger import Messenger
from changes import effects
from changes.deliveries import DELIVERIES, TOOLS, Outlet
from changes.effects import CallWebhook, Effect, MailNotice, PlayRehearsal, SyncSilence, WriteWikiIndex, WriteWikiPage
from scheduler.worker import Worker
from storage.stored_names import EFFECTS

NOTHING: Any = None


def outlet(which: Outlet) -> set[type[Effect]]:
    return {kind for kind, each in DELIVERIES.items() if each.outlet is which}


def test_every_effect_has_a_row_and_a_stored_name() -> None:
    every = {each for each in vars(effects).values() if isinstance(each, type) and issubclass(each, Effect)} - {Effect}
    assert set(DELIVERIES) == every == set(EFFECTS.values())


def test_every_effect_is_carried_out_by_whom_the_table_says() -> None:
    messenger = Messenger(NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, refreshes=False)
    assert set(messenger.carriers) == outlet(Outlet.TEAMS)
    worker = Worker(NOTHING, NOTHING, NOTHING, NOTHING, {}, "me", RetryLog())
    assert set(worker.by_provider) == outlet(Outlet.PROVIDER)
    assert outlet(Outlet.MAIL) == {MailNotice}  # the mailer writes nothing else
    assert outlet(Outlet.REHEARSAL) == {PlayRehearsal}
    others = {
        Outlet.WEBHOOK: {CallWebhook},
        Outlet.MONITORING: {SyncSilence},
        Outlet.WIKI: {WriteWikiPage, WriteWikiIndex},
    }
    assert set(others) == TOOLS
    assert all(outlet(each) == kinds for each, kinds in others.items())  # what the one of theirs carries out
