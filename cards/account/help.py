"""What the bot does, the four ways to begin, and folded every command."""

from collections.abc import Sequence
from typing import Any

from microsoft_teams.cards import CardElement, ExecuteAction

from cards.elements.blocks import fold, label, text_block
from cards.elements.controls import command_button, render_card
from cards.elements.header import page_header
from cards.request.choices import first_steps
from changes.text.messages import Message
from language import N_, _, current_language

_EVERYBODY = [
    (N_("/change new"), N_("request a change")),
    (N_("/change mine"), N_("your tasks and your open changes")),
    (N_("/change show ID"), N_("one change: plan, history, and its buttons wherever you are")),
    (
        N_("/change list"),
        N_("open changes; add **all**, **done**, **mine**, a service, **2027-04** or search words"),
    ),
    (N_("/change calendar"), N_("the next eight weeks, with freezes; **link** for the calendar as a page")),
    (
        N_("/change rehearse ID good"),
        N_("see in your own chat what everybody would get, on a simulated clock; or **bad**"),
    ),
    (N_("/change notice ID KIND"), N_("preview a notice as it would go out now; without KIND, list the kinds")),
    (N_("/change ledger ID"), N_("notification log: recipients and results")),
    (N_("/change export ID"), N_("the change as a document for the wiki or for print")),
    (N_("/change template"), N_("templates; **save ID NAME** makes one, **use NAME** requests a change from it")),
    (N_("/change stats SERVICE 2027-Q2"), N_("statistics; service and period are optional")),
    (N_("/change language fr"), N_("French; **en** for English, **auto** for the language of your Teams")),
]
_REQUEST = [
    (N_("/change submit ID"), N_("submit a draft")),
    (N_("/change edit ID"), N_("change the plan or the date")),
    (N_("/change move ID 2027-05-01 22:00"), N_("another date without the form; add the minutes and a reason")),
    (N_("/change cancel ID REASON"), N_("cancel it")),
    (N_("/change postpone ID REASON"), N_("postpone it: this window is given up")),
    (N_("/change task ID"), N_("show its tasks; `done 2` behind it ticks one off")),
    (N_("/change assign ID implementer NAME"), N_("reassign the implementer, or the **requester**")),
    (N_("/change repeat ID"), N_("make it a recurring change; **/change series** shows yours")),
]
_DECIDE = [
    (N_("/change approve ID"), N_("approve the pre-check")),
    (N_("/change correct ID COMMENT"), N_("request changes")),
    (N_("/change go ID"), N_("give GO")),
    (N_("/change nogo ID REASON"), N_("decide NO-GO")),
    (N_("/change waive ID REASON"), N_("allow the start without a snapshot")),
    (N_("/change accept ID 2 REASON"), N_("accept test 2 although it did not pass")),
    (N_("/change allow ID REASON"), N_("accept a draft's overlap with another window")),
    (N_("/change confirm ID SERVER"), N_("confirm a restore requested by somebody else")),
    (N_("/change template approve 2028-01-31 NAME"), N_("pre-approve what a template locks")),
    (N_("/change absent 2027-07-12 2027-07-30"), N_("record an absence; the deputies decide instead")),
]
_ON_THE_DAY = [
    (N_("/change started ID"), N_("you are taking the snapshot manually")),
    (N_("/change failed ID REASON"), N_("the snapshot failed; **/change retry ID** retries it")),
    (N_("/change finished ID NAME data"), N_("the data snapshot is complete, under this name")),
    (N_("/change start ID"), N_("start the change, once the snapshot is complete")),
    (N_("/change test ID"), N_("the tests and their numbers")),
    (N_("/change test ID 2 pass"), N_("record a test; **fail** and what you saw; **all pass** for all open ones")),
    (N_("/change done ID"), N_("complete the change, once the tests passed")),
    (N_("/change trouble ID REASON"), N_("report an issue; **solved** once it is")),
    (N_("/change extend ID 45m REASON"), N_("extend the window")),
    (N_("/change holding ID TEXT"), N_("what people read if the window ends without an answer")),
    (N_("/change review ID TEXT"), N_("write the review: what went well, what to improve")),
]
_INCIDENT = [
    (N_("/change incident ID REASON"), N_("declare an incident")),
    (N_("/change update ID TEXT"), N_("send an incident update to everyone affected")),
    (N_("/change tried ID fix NOTE"), N_("log a fix, or **files** restored from a backup, and the result")),
    (N_("/change restore ID"), N_("request a snapshot restore")),
    (N_("/change norestore ID"), N_("withdraw the restore request")),
    (N_("/change restored ID"), N_("the restore is complete; **notrestored** and why if it failed")),
    (N_("/change handover ID REASON"), N_("escalate to the incident process")),
    (N_("/change close ID"), N_("resolve the incident, once the tests passed")),
]
_ADMIN = [
    (N_("/change bind SERVICE"), N_("link a service to this channel or group chat")),
    (N_("/change admin"), N_("bot health: failed deliveries, and denied actions")),
    (N_("/change admin token NAME"), N_("a token for the API; **tokens** lists them, **revoke NAME** revokes one")),
    (N_("/change feed"), N_("the address of a calendar of all windows to subscribe to")),
]
_LOCAL = [
    (N_("/clock"), N_("the time here, and what comes next")),
    (N_("/clock next"), N_("jump to the next step")),
    (N_("/clock +3d"), N_("move three days ahead")),
    (N_("/as NAME"), N_("act as somebody else; **/as me** to stop")),
]


_GROUPS = [
    (N_("Your request"), _REQUEST),
    (N_("Approvers and deputies"), _DECIDE),
    (N_("On the day"), _ON_THE_DAY),
    (N_("Incidents"), _INCIDENT),
]


def help_card(*, is_local: bool, is_admin: bool) -> dict[str, Any]:
    """Where to begin, and folded the commands for this person. French words work too."""
    groups = [(N_("Everybody"), _EVERYBODY), *_GROUPS]
    if is_admin:
        groups.append((N_("Admins"), _ADMIN))
    if is_local:
        groups.append((N_("Demo"), _LOCAL))
    body: list[CardElement] = page_header(_("Change bot"))
    body += [
        text_block(_("I guide production changes from request to review. Where would you like to start?")),
        first_steps(),
        *fold(_("Show all commands"), "commands", *_all(groups)),
    ]
    return render_card(body, [_other_language()])


def _other_language() -> ExecuteAction:
    """The button that speaks the other language, in that language."""
    return (
        command_button("English", "language en")
        if current_language() == "fr"
        else command_button("Français", "language fr")
    )


def _all(groups: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> list[CardElement]:
    said = _(
        "ID is the number of a change: CHG-2027-0007, or 7 for the open one. If a reason or comment is needed, I "
        "ask for it. The slash is optional, and French words work too. In a channel, mention me first."
    )
    commands = [each for name, commands in groups for each in (label(_(name)), *_rows(commands))]
    return [text_block(said, subtle=True), *commands]


def _rows(commands: Sequence[tuple[str, str]]) -> list[CardElement]:
    """A line for each: a card knows no code spans, and a narrow one no columns."""
    return [
        text_block(Message("**{command}**: {purpose}", command=_(command), purpose=_(what)))
        for command, what in commands
    ]
