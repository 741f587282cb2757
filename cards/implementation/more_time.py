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


def ways_out(view: ChangeContext, message: str, *, minutes: int | None = None, whole: bool = True) -> list[Action]:
    """More time, or an incident: the reason stays in the thread, and people affected get a message of their own.

    `whole` shows their notices too, where the card has room for them.
    """
    overrun = duration_label(view.service.policy.acceptable_overrun_minutes)
    reason = text_input("reason", _("Reason (stays in the thread)"), lines=True)
    extra = text_input("extra_minutes", _("Extend by (minutes)"), value=str(minutes) if minutes else "", hint="60")
    far = _("More than {overrun} in all has to be granted by {deciders}.", overrun=overrun, deciders=view.deciders)
    longer = [extra, reason, *public_text(view, NoticeKind.EXTENSION, whole=whole), text_block(far, subtle=True)]
    extend = action_button(view, message, _("Extend the window"), "window.extend")
    broken = text_input("incident", _("Issue and user impact (stays in the thread)"), lines=True)
    down = [broken, *public_text(view, NoticeKind.INCIDENT_START, whole=whole)]
    declare = action_button(view, message, _("Declare an incident"), "incident.declare", style="destructive")
    return [
        show_card_button(_("Extend…"), [*longer, *_takes(view)], extend),
        show_card_button(_("Declare an incident…"), down, declare),
    ]


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
