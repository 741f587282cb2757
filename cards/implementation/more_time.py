"""The ways to more time, or to an incident: both are told to everyone affected."""

from datetime import timedelta

from microsoft_teams.cards import Action, CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import first_of, text_block
from cards.elements.controls import action_button, show_card_button, text_input
from cards.elements.plan_table import MOST_NEAR, named
from cards.elements.public_text import public_text
from changes.labels import duration_label
from changes.lifecycle.implementation.issue import LONGEST_EXTENSION
from changes.model import Window
from changes.notification import NoticeKind
from changes.planning.occupancy import overlapping
from language import _, window_text

EXTENSIONS = (30, 60, 90)
"""The extensions that are one press away, in minutes."""


def ways_out(view: ChangeContext, message: str, *, minutes: int | None = None) -> list[Action]:
    """More time, or an incident: both are told to everyone affected. `minutes` is the extension that is advised."""
    return [_extend(view, message, minutes), _declare(view, message)]


def _extend(view: ChangeContext, message: str, advised: int | None) -> Action:
    overrun = duration_label(view.service.policy.acceptable_overrun_minutes)
    reason = text_input(
        "reason", _("Reason (required, stays in the thread)"), lines=True, required=_("Give the reason.")
    )
    far = _(
        "Everyone affected is told. An overrun of more than {overrun} in all needs the agreement of {deciders}.",
        overrun=overrun,
        deciders=view.deciders,
    )
    offered = sorted({*EXTENSIONS, *([advised] if advised and advised <= LONGEST_EXTENSION else [])})
    buttons: list[Action] = [
        action_button(
            view,
            message,
            _("Extend by {minutes}", minutes=duration_label(each)),
            "window.extend",
            style="positive" if each == advised else None,
            extra_minutes=str(each),
        )
        for each in offered
    ]
    told = public_text(view, NoticeKind.EXTENSION)
    return show_card_button(_("Extend…"), [reason, *told, text_block(far, subtle=True), *_takes(view)], *buttons)


def _declare(view: ChangeContext, message: str) -> Action:
    # What was reported is not asked for again; whoever declares it goes on from there.
    broken = text_input(
        "incident",
        _("Issue and user impact (required, stays in the thread)"),
        value=view.change.trouble,
        lines=True,
        required=_("Describe the issue and its impact."),
    )
    told = public_text(view, NoticeKind.INCIDENT_START)
    declare = action_button(view, message, _("Declare the incident"), "incident.declare", style="destructive")
    return show_card_button(_("Declare an incident…"), [broken, *told], declare)


def holding(view: ChangeContext, message: str) -> list[Action]:
    """What people read by itself at the end of the window, as long as that is to come: folded, and may be changed."""
    if view.now >= view.change.ends_at:
        return []
    told = _(
        "Unless it is completed, extended or declared an incident by {ends}, everyone affected gets this notice. "
        "Change the message, or leave it as it is.",
        ends=view.when(view.change.ends_at),
    )
    keep = action_button(view, message, _("Save this message"), "holding.keep")
    texts = public_text(view, NoticeKind.HOLDING, told)
    return [show_card_button(_("Holding notice…"), texts, keep)] if texts else []


def _takes(view: ChangeContext) -> list[CardElement]:
    """Whose time on the server an extension would take, before it is pressed."""
    end = view.change.ends_at
    ahead = Window(end, end + timedelta(minutes=LONGEST_EXTENSION))
    near = overlapping(ahead, view.neighbours)
    if not near:
        return []
    times = [f"{named([each])}, {window_text(each.occupied, view.service.zone)}" for each in near if each.occupied]
    taken = first_of(times, MOST_NEAR)
    return [
        text_block(
            _(
                "An extension into these times takes them from other changes of {server}, and their people are told: "
                "{taken}.",
                server=view.service.vps.name,
                taken=taken,
            ),
            colour="Warning",
        )
    ]
