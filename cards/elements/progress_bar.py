"""The progress of a snapshot or a restore; an estimate says that it is one."""

from datetime import datetime, timedelta

from microsoft_teams.cards import CardElement, ProgressBar

from application.change_context import ChangeContext
from application.ports import Operation
from cards.elements.blocks import text_block
from changes.labels import span_label
from language import _

WIDTH = 20


def progress_bar(
    view: ChangeContext, operation: Operation | None, begun: datetime, span: timedelta, *, by_hand: bool = False
) -> list[CardElement]:
    """The bar, the figure under it, and that it is late if so. `begun` and `span` are when it began, and how long.

    What a person does is only estimated, and only that person knows how it stands.
    """
    percent = operation.percent if operation is not None and operation.percent is not None else 0
    estimated = operation is None or operation.estimated
    late = view.now > begun + span
    full = round(percent / 100 * WIDTH)
    drawn = text_block("█" * full + "░" * (WIDTH - full))
    usual, provider = span_label(span), view.service.vps.provider
    why = (
        _("an estimate from the usual {usual}", usual=usual)
        if by_hand
        else _("an estimate: {provider} tells no progress", provider=provider.label)
    )
    said = _("about {percent} % ({why})", percent=percent, why=why) if estimated or by_hand else f"{percent} %"
    then = (
        _("Please look at {console}.", console=provider.console)
        if by_hand
        else _("Nothing has failed: the bot keeps looking.")
    )
    slow = text_block(_("It takes longer than expected. {then}", then=then), colour="Warning")
    bar = ProgressBar(value=percent, max=100, color="Warning" if late else "Accent", fallback=drawn)
    return [bar, text_block(said, bold=True), *([slow] if late else [])]
