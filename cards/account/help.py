"""What can be typed."""

from collections.abc import Sequence
from typing import Any

from microsoft_teams.cards import Action, CardElement

from cards.elements.blocks import heading, label, text_block
from cards.elements.controls import render_card, show_card_button
from changes.text.messages import Message
from language import N_, _

_EVERYBODY = [
    (N_("/change new"), N_("request a change")),
    (N_("/change mine"), N_("what waits for you, and your own open changes")),
    (N_("/change show ID"), N_("one change with its history, and its buttons wherever you are")),
    (
        N_("/change list"),
        N_("the open changes; add **all**, **done**, **mine**, a service, **2027-04** or words to look for"),
    ),
    (N_("/change calendar"), N_("the next eight weeks, with freezes")),
    (N_("/change notice ID KIND"), N_("a notice as it would go out now; without KIND, which kinds there are")),
    (N_("/change ledger ID"), N_("who was told what, and how")),
    (N_("/change export ID"), N_("the whole change as a document for the wiki, or to print")),
    (N_("/change stats SERVICE 2027-Q2"), N_("how changes went; the service and the period may be left out")),
    (N_("/change language fr"), N_("speak French with you; **en** English, **auto** the language of your Teams")),
]
_REQUEST = [
    (N_("/change submit ID"), N_("submit a draft")),
    (N_("/change edit ID"), N_("change the plan, or give it another date")),
    (N_("/change move ID 2027-05-01 22:00"), N_("another date without the form; behind it the minutes and a reason")),
    (N_("/change cancel ID REASON"), N_("withdraw it")),
    (N_("/change postpone ID REASON"), N_("give up this window")),
    (N_("/change assign ID implementer NAME"), N_("hand it over to another implementer, or **requester**")),
]
_DECIDE = [
    (N_("/change approve ID"), N_("approve the pre-check")),
    (N_("/change correct ID COMMENT"), N_("ask for corrections")),
    (N_("/change go ID"), N_("give GO")),
    (N_("/change nogo ID REASON"), N_("say NO-GO")),
    (N_("/change waive ID REASON"), N_("let it start without a snapshot")),
    (N_("/change accept ID 2 REASON"), N_("let it end although test 2 did not pass")),
    (N_("/change allow ID REASON"), N_("let a draft's overlap with another window stand")),
    (N_("/change confirm ID SERVER"), N_("confirm a restore that somebody else asked for")),
    (N_("/change absent 2027-07-12 2027-07-30"), N_("be away; the deputies are asked instead")),
]
_ON_THE_DAY = [
    (N_("/change started ID"), N_("you take the snapshot by hand")),
    (N_("/change failed ID REASON"), N_("the snapshot failed; **/change retry ID** tries it again")),
    (N_("/change finished ID NAME data"), N_("the snapshot of the data is there, under this name")),
    (N_("/change start ID"), N_("start, once the snapshot is there")),
    (N_("/change test ID"), N_("the tests and their numbers")),
    (N_("/change test ID 2 pass"), N_("record a test; **fail** and what you saw; **all pass** for all that are open")),
    (N_("/change done ID"), N_("end, once the tests passed")),
    (N_("/change trouble ID REASON"), N_("say that something does not work; **solved** once it does")),
    (N_("/change extend ID 45m REASON"), N_("more time")),
    (N_("/change review ID TEXT"), N_("afterwards: what went well, and what to do better")),
]
_INCIDENT = [
    (N_("/change incident ID REASON"), N_("declare an incident")),
    (N_("/change update ID TEXT"), N_("tell everyone affected how it stands")),
    (N_("/change tried ID fix NOTE"), N_("log a fix, or **files** from a backup, and what came of it")),
    (N_("/change restore ID"), N_("ask for the snapshot to be put back")),
    (N_("/change norestore ID"), N_("withdraw the request for a restore")),
    (N_("/change restored ID"), N_("the restore is done; **notrestored** and why if it failed")),
    (N_("/change handover ID REASON"), N_("hand over to the incident process")),
    (N_("/change close ID"), N_("close the incident, once the tests passed")),
]
_ADMIN = [
    (N_("/change bind SERVICE"), N_("in a channel or group chat: carry the service's changes here")),
    (N_("/change admin"), N_("what could not be delivered, to be sent again, and who was refused what")),
    (N_("/change feed"), N_("the address of a calendar with all windows, to subscribe to")),
]
_LOCAL = [
    (N_("/clock"), N_("what time it is here, and what comes next")),
    (N_("/clock next"), N_("go to the next thing that falls due")),
    (N_("/clock +3d"), N_("let three days pass")),
    (N_("/as NAME"), N_("act as somebody else; **/as me** ends it")),
]


def help_card(*, is_local: bool, is_admin: bool) -> dict[str, Any]:
    """The commands for this person; those of a moment are folded under its name. French words work too."""
    body: list[CardElement] = [heading(_("What you can type")), *_rows(_EVERYBODY)]
    if is_local:
        body += [label(_("Trying it out")), *_rows(_LOCAL)]
    said = _(
        "ID is the number of a change: CHG-2027-0007, or 7 for the open one. A reason or comment that you "
        "leave out is asked for where it is needed. The slash can be left out, and French words work too. In "
        "a channel, mention me first."
    )
    body.append(text_block(said, subtle=True))
    actions: list[Action] = [
        show_card_button(_("Your request"), _rows(_REQUEST)),
        show_card_button(_("For approvers and deputies"), _rows(_DECIDE)),
        show_card_button(_("On the day"), _rows(_ON_THE_DAY)),
        show_card_button(_("In an incident"), _rows(_INCIDENT)),
    ]
    if is_admin:
        actions.append(show_card_button(_("For admins"), _rows(_ADMIN)))
    return render_card(body, actions)


def _rows(commands: Sequence[tuple[str, str]]) -> list[CardElement]:
    """A line for each: a card knows no code spans, and a narrow one no columns."""
    return [
        text_block(Message("**{command}**: {purpose}", command=_(command), purpose=_(what)))
        for command, what in commands
    ]
