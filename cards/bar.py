"""How far a snapshot or a restore is; an estimate says that it is one."""

from datetime import datetime, timedelta

from microsoft_teams.cards import CardElement, ProgressBar

from cards.parts import sentence
from cards.view import View
from changes.ports import Operation

WIDTH = 20


def progress_bar(view: View, operation: Operation | None, begun: datetime, span: timedelta) -> list[CardElement]:
    """The bar, the figure under it, and that it is late if so. `begun` and `span` are when it began, and how long."""
    percent = operation.percent if operation is not None and operation.percent is not None else 0
    estimated = operation is None or operation.estimated
    late = view.now > begun + span
    full = round(percent / 100 * WIDTH)
    drawn = sentence("█" * full + "░" * (WIDTH - full))
    said = f"about {percent} % (an estimate: Infomaniak tells no progress)" if estimated else f"{percent} %"
    slow = sentence("It takes longer than expected. Nothing has failed: the bot keeps looking.", colour="Warning")
    bar = ProgressBar(value=percent, max=100, color="Warning" if late else "Accent", fallback=drawn)
    return [bar, sentence(said, bold=True), *([slow] if late else [])]
