"""Instructions for a snapshot by hand, where the bot may not take it, and their deadline."""

from microsoft_teams.cards import CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import facts, text_block
from cards.snapshot.snapshot_fallback import is_too_late, too_late
from changes.labels import duration_label
from changes.planning.deadlines import snapshot_begins_by, snapshot_too_late
from changes.text.messages import joined
from language import _


def guide(view: ChangeContext) -> list[CardElement]:
    """What a person does where the bot may not, and until when."""
    vps = view.service.vps
    if is_too_late(view):
        return [text_block(too_late(view), colour="Attention", bold=True)]
    steps = (
        _("Open **VPS > {name} > Snapshot**.", name=vps.name),
        _(
            "Take a snapshot of the **data only**: a system snapshot fails at {provider}.",
            provider=vps.provider.label,
        ),
        _("Press *I started it* here. It takes about {minutes}.", minutes=duration_label(vps.snapshot_minutes)),
        _("Once it is done, press *It is complete…* and give its name."),
    )
    asked = _("Please take the snapshot now, on {own_console}:", own_console=vps.provider.own_console)
    numbered = ((_("Step\N{NO-BREAK SPACE}{number}", number=at), step) for at, step in enumerate(steps, 1))
    return [text_block(asked, bold=True), facts(*numbered), *_when_to_begin(view)]


def _when_to_begin(view: ChangeContext) -> list[CardElement]:
    """Until when it has to begin for the work to start on time, and at all: true whenever it is read."""
    start, begin_by = view.change.plan.window.start, snapshot_begins_by(view.change, view.service)
    last = _("It is too late from {when}.", when=view.when(snapshot_too_late(view.change, view.service)))
    on_time = _(
        "For the work to start on time, {start}, it has to begin by {begin_by}; after that, the start is delayed "
        "by the same time.",
        start=view.when(start),
        begin_by=view.when(begin_by),
    )
    return [text_block(joined(on_time, last))]
