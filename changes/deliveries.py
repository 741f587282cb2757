"""How the effects of each class go out: by whom, in which order, and what they are called where one was given up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from changes.effects import (
    BeginRestore,
    BeginSnapshot,
    CallWebhook,
    Effect,
    FollowByHand,
    MailNotice,
    PlayRehearsal,
    PostThreadMessage,
    Preflight,
    Reply,
    SendDigest,
    SendNotice,
    SyncSilence,
    SyncTeamMembers,
    TellOwner,
    TellPerson,
    UpsertCard,
    UpsertPersonalCard,
    UpsertStatusCard,
    WriteWikiIndex,
    WriteWikiPage,
)
from changes.text import template


class Outlet(StrEnum):
    """Who carries an effect out."""

    TEAMS = "teams"
    MAIL = "mail"
    PROVIDER = "provider"
    WEBHOOK = "webhook"
    MONITORING = "monitoring"
    WIKI = "wiki"
    REHEARSAL = "rehearsal"


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the effects of one class go out. `what` names one to somebody who decides whether it still matters.

    Those with the same `ordering_key` are carried out one after the other, in the order in which they were decided.
    `answers`: somebody has written to the bot and waits for it.
    """

    outlet: Outlet
    what: str
    ordering_key: Callable[[Any], str] = lambda effect: f"change:{effect.change}"
    answers: bool = False


def _of_person(effect: Any) -> str:
    return f"person:{effect.to.id}"


TOOLS = frozenset({Outlet.WEBHOOK, Outlet.MONITORING, Outlet.WIKI})
"""Other programs, which may be slow or away: what goes to them takes nothing from what goes to people."""
_LANES = 4
"""Ordering keys of one endpoint: a change that it never takes holds up few others, and it never hangs in more calls."""


def _of_tool(effect: Any) -> str:
    lane = f"{delivery(effect).outlet}:{getattr(effect, 'to', '')}"
    return f"{lane}:{sum(effect.change.encode()) % _LANES}"


def _of_change(effect: Effect) -> str:
    """It waits for what else is carried out there for the same change alone."""
    return f"{delivery(effect).outlet}:{effect.change}"


_CARD, _SNAPSHOT = template("a card in the channel"), template("the snapshot")
_LINE, _COPY = template("a message in the channel"), template("a card for {name}")
DELIVERIES: Mapping[type[Effect], Delivery] = {
    UpsertStatusCard: Delivery(Outlet.TEAMS, _CARD),
    UpsertCard: Delivery(Outlet.TEAMS, _CARD),
    PostThreadMessage: Delivery(Outlet.TEAMS, _LINE),
    SendNotice: Delivery(Outlet.TEAMS, template("a notice in Teams")),
    UpsertPersonalCard: Delivery(Outlet.TEAMS, _COPY, _of_person),
    SendDigest: Delivery(Outlet.TEAMS, _COPY, _of_person),
    TellPerson: Delivery(Outlet.TEAMS, template("a message for {name}"), _of_person),
    TellOwner: Delivery(Outlet.TEAMS, template("a message for {name}"), _of_person),
    Reply: Delivery(
        Outlet.TEAMS,
        template("an answer to somebody who wrote to the bot"),
        lambda effect: f"conversation:{effect.conversation.get('id', '')}",
        answers=True,
    ),
    SyncTeamMembers: Delivery(Outlet.TEAMS, _LINE, lambda effect: f"service:{effect.service}"),
    MailNotice: Delivery(Outlet.MAIL, template("a notice by mail to {to}"), lambda effect: f"mail:{effect.to.address}"),
    PlayRehearsal: Delivery(Outlet.REHEARSAL, template("a rehearsal for {name}"), lambda _effect: "rehearsal"),
    BeginSnapshot: Delivery(Outlet.PROVIDER, _SNAPSHOT, _of_change),
    FollowByHand: Delivery(Outlet.PROVIDER, _SNAPSHOT, _of_change),
    Preflight: Delivery(Outlet.PROVIDER, _SNAPSHOT, _of_change),
    BeginRestore: Delivery(Outlet.PROVIDER, template("the restore"), _of_change),
    CallWebhook: Delivery(Outlet.WEBHOOK, template("an event for the webhook {to}"), _of_tool),
    SyncSilence: Delivery(Outlet.MONITORING, template("the monitoring silence"), _of_change),
    WriteWikiPage: Delivery(Outlet.WIKI, template("a page of the wiki"), _of_tool),
    WriteWikiIndex: Delivery(Outlet.WIKI, template("the list of changes in the wiki"), lambda _: "wiki:index"),
}


def delivery(effect: Effect) -> Delivery:
    """How the effect goes out."""
    return DELIVERIES[type(effect)]


def ordering_key(effect: Effect) -> str:
    """Effects with the same key are carried out one after the other, in the order in which they were decided."""
    return delivery(effect).ordering_key(effect)
