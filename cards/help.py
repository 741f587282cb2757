"""What can be typed."""

from collections.abc import Sequence
from typing import Any

from microsoft_teams.cards import CardElement

from cards.parts import heading, label, sentence, to_wire
from language import N_, _

_EVERYBODY = [
    ("/change new", N_("request a change")),
    (
        "/change list",
        N_("the open changes; add **all**, **done**, **mine**, a service, **2027-04** or words to look for"),
    ),
    ("/change mine", N_("what waits for you, and your own open changes")),
    ("/change calendar", N_("the next eight weeks, with freezes")),
    ("/change notice ID KIND", N_("a notice as it would go out now; without KIND, which kinds there are")),
    ("/change ledger ID", N_("who was told what, and how")),
    ("/change export ID", N_("the whole change as a document for the wiki, or to print")),
    ("/change show ID", N_("one change, with its history")),
    ("/change edit ID", N_("change the plan, or give it another date")),
    ("/change move ID 2027-05-01 22:00", N_("another date without the form")),
    ("/change cancel ID REASON", N_("withdraw it")),
    ("/change postpone ID REASON", N_("give up this window")),
    ("/change allow ID REASON", N_("as the approver: let a draft's overlap with another window stand")),
    ("/change absent 2027-07-12 2027-07-30", N_("as an approver: be away; the deputies are asked instead")),
    ("/change language fr", N_("speak French with you; **en** English, **auto** the language of your Teams")),
    ("/change stats SERVICE 2027-Q2", N_("how changes went; the service and the period may be left out")),
]
_ON_THE_DAY = [
    ("/change start ID", N_("start, once the snapshot is there")),
    ("/change done ID", N_("end, once the tests passed")),
    ("/change trouble ID REASON", N_("say that something does not work")),
    ("/change extend ID 45m REASON", N_("more time")),
    ("/change incident ID REASON", N_("declare an incident")),
    ("/change restore ID", N_("ask for the snapshot to be put back")),
]
_ADMIN = [
    ("/change bind SERVICE", N_("in a channel or group chat: carry the service's changes here")),
    ("/change admin", N_("what could not be delivered, to be sent again, and who was refused what")),
    ("/change feed", N_("the address of a calendar with all windows, to subscribe to")),
]
_LOCAL = [
    ("/clock", N_("what time it is here, and what comes next")),
    ("/clock next", N_("go to the next thing that falls due")),
    ("/clock +3d", N_("let three days pass")),
    ("/as NAME", N_("act as somebody else; **/as me** ends it")),
]


def help_card(*, is_local: bool, is_admin: bool) -> dict[str, Any]:
    """The commands for this person. The slash can be left out; French words work too."""
    body: list[CardElement] = [
        heading(_("What you can type")),
        *_rows(_EVERYBODY),
        label(_("On the day")),
        *_rows(_ON_THE_DAY),
    ]
    if is_admin:
        body += [label(_("For admins")), *_rows(_ADMIN)]
    if is_local:
        body += [label(_("Trying it out")), *_rows(_LOCAL)]
    body.append(
        sentence(
            _(
                "ID is the number of a change: CHG-2027-0007, or 7 for one of this year. The slash can be left "
                "out. In a channel, mention me first."
            ),
            subtle=True,
        )
    )
    return to_wire(body)


def _rows(commands: Sequence[tuple[str, str]]) -> list[CardElement]:
    """A line for each: a card knows no code spans, and a narrow one no columns."""
    return [sentence(f"**{command}**: {_(what)}") for command, what in commands]
