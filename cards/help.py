"""What can be typed."""

from collections.abc import Sequence
from typing import Any

from microsoft_teams.cards import CardElement

from cards.parts import heading, label, sentence, to_wire

_EVERYBODY = [
    ("/change new", "request a change"),
    ("/change list", "the open changes; add **all**, **done**, **mine**, a service, **2027-04** or words to look for"),
    ("/change calendar", "the next eight weeks, with freezes"),
    ("/change ledger ID", "who was told what, and how"),
    ("/change export ID", "the whole change as a document for the wiki, or to print"),
    ("/change show ID", "one change, with its history"),
    ("/change edit ID", "change the plan, or give it another date"),
    ("/change move ID 2027-05-01 22:00", "another date without the form"),
    ("/change cancel ID REASON", "withdraw it"),
    ("/change postpone ID REASON", "give up this window"),
    ("/change allow ID REASON", "as the approver: let a draft's overlap with another window stand"),
    ("/change stats SERVICE 2027-Q2", "how changes went; the service and the period may be left out"),
]
_ON_THE_DAY = [
    ("/change start ID", "start, once the snapshot is there"),
    ("/change done ID", "end, once the tests passed"),
    ("/change trouble ID REASON", "say that something does not work"),
    ("/change extend ID 45m REASON", "more time"),
    ("/change incident ID REASON", "declare an incident"),
    ("/change restore ID", "ask for the snapshot to be put back"),
]
_ADMIN = [
    ("/change bind SERVICE", "in a channel or group chat: carry the service's changes here"),
    ("/change feed", "the address of a calendar with all windows, to subscribe to"),
]
_LOCAL = [
    ("/clock", "what time it is here, and what comes next"),
    ("/clock next", "go to the next thing that falls due"),
    ("/clock +3d", "let three days pass"),
    ("/as NAME", "act as somebody else; **/as me** ends it"),
]


def help_card(*, is_local: bool, is_admin: bool) -> dict[str, Any]:
    """The commands for this person. The slash can be left out; French words work too."""
    body: list[CardElement] = [
        heading("What you can type"),
        *_rows(_EVERYBODY),
        label("On the day"),
        *_rows(_ON_THE_DAY),
    ]
    if is_admin:
        body += [label("For admins"), *_rows(_ADMIN)]
    if is_local:
        body += [label("Trying it out"), *_rows(_LOCAL)]
    body.append(
        sentence(
            "ID is the number of a change: CHG-2027-0007, or 7 for one of this year. The slash can be left out. "
            "In a channel, mention me first.",
            subtle=True,
        )
    )
    return to_wire(body)


def _rows(commands: Sequence[tuple[str, str]]) -> list[CardElement]:
    """A line for each: a card knows no code spans, and a narrow one no columns."""
    return [sentence(f"**{command}**: {what}") for command, what in commands]
