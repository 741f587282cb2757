"""The way to more time, or to an incident: both are told to everyone affected."""

from datetime import timedelta

from microsoft_teams.cards import Action, CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import first_of, text_block
from cards.elements.controls import action_button, show_card_button, text_input
from cards.elements.plan_table import MOST_NEAR, named
from changes.labels import duration_label
from changes.lifecycle.implementation.issue import LONGEST_EXTENSION
from changes.model import Window
from changes.planning.occupancy import overlapping
from language import _, window_text


def ways_out(view: ChangeContext, message: str, *, minutes: int | None = None) -> Action:
    """More time, or an incident: both are told to everyone affected, with what is said here."""
    overrun = duration_label(view.service.policy.acceptable_overrun_minutes)
    reason = text_input("reason", _("Issue and user impact (people affected read this)"), lines=True)
    extra = text_input("extra_minutes", _("Minutes more, to extend"), value=str(minutes) if minutes else "", hint="60")
    told = text_block(
        _(
            "An extension and an incident are announced to everyone affected, in these words. More than {overrun} in "
            "all has to be granted by {deciders}.",
            overrun=overrun,
            deciders=view.deciders,
        ),
        subtle=True,
    )
    extend = action_button(view, message, _("Extend the window"), "window.extend")
    incident = action_button(view, message, _("Declare an incident"), "incident.declare", style="destructive")
    return show_card_button(_("More time or incident"), [reason, extra, told, *_takes(view)], extend, incident)


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
