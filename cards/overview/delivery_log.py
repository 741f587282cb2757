"""The notification log: who was told what, when, through which channel and with what result."""

from collections.abc import Sequence
from typing import Any

from microsoft_teams.cards import CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import box, text_block, user_text
from cards.elements.controls import LARGEST, render_card, size
from cards.elements.header import change_header
from cards.elements.lengths import shortened
from changes.delivery_log import REDUCED, DeliveryChannel, DeliveryRecord, DeliveryStatus
from changes.notification.notices import NOTICES
from changes.text.messages import joined, listed
from language import N_, _, n_, translate

WAYS = {
    DeliveryChannel.TEAMS: N_("Teams"),
    DeliveryChannel.PERSONAL: N_("personal chat"),
    DeliveryChannel.MAIL: N_("mail"),
}
RESULTS = {
    DeliveryStatus.SENT: N_("sent"),
    DeliveryStatus.FAILED: N_("failed"),
    DeliveryStatus.WAITING: N_("pending"),
    DeliveryStatus.UNCONFIRMED: N_("handed over, not confirmed yet"),
}
_MARKS = {DeliveryStatus.SENT: "✓", DeliveryStatus.FAILED: "✗"}
MOST = 25
LONGEST_WHY = 160
_A_SENTENCE = 300
"""Size of the sentence about the rest on the wire, in UTF-16 units."""


def delivery_log_card(view: ChangeContext, lines: Sequence[DeliveryRecord]) -> dict[str, Any]:
    """The newest lines of the delivery log, in the order in which they were written."""
    body: list[CardElement] = [*change_header(view, _("Notification log"))]
    if not lines:
        nobody = _("Nothing sent yet: the first notice goes out with GO.")
        return render_card([*body, text_block(nobody)])
    failed = sum(each.result is DeliveryStatus.FAILED for each in lines)
    if failed:
        wrong = n_(
            "One delivery failed: see the reason below.", "{n} deliveries failed: see the reasons below.", failed
        )
        body.append(box([text_block(wrong, bold=True)], "attention"))
    shown: list[CardElement] = []
    room = LARGEST - size(render_card(body)) - _A_SENTENCE
    left_out = len(lines)
    # The newest ones, as many as there is room for; they stand in the order in which they were written.
    for each in reversed(lines[-MOST:]):
        drawn = _line(each, view)
        room -= size(render_card(drawn))
        if room < 0:
            break
        shown, left_out = [*drawn, *shown], left_out - 1
    if left_out:
        more = n_(
            "{n} earlier entry: **/change export {id}** has all of them.",
            "{n} earlier entries: **/change export {id}** has all of them.",
            left_out,
            id=view.change.id,
        )
        body.append(text_block(more, subtle=True))
    return render_card([*body, *shown])


def notice_name(notice: str) -> str:
    """The name of the notice."""
    if notice == REDUCED:
        return _("card or message")
    spec = NOTICES.get(notice)
    return _(spec.name) if spec else notice


def _line(each: DeliveryRecord, view: ChangeContext) -> list[CardElement]:
    said = _(
        "{when} · **{notice}** to {to}, {way}: {result}",
        when=view.when(each.at),
        notice=notice_name(each.notice),
        to=each.to,
        way=_(WAYS[each.way]),
        result=_(RESULTS[each.result]),
    )
    said = joined(_MARKS.get(each.result, ""), said, by=" ")
    failed = each.result is DeliveryStatus.FAILED
    why = user_text(shortened(translate(each.why), LONGEST_WHY), colour="Attention" if failed else None)
    return [text_block(said, colour="Attention" if failed else None), *why]


def reached(mails: int, *, posted: bool, chats: int = 0) -> str:
    """For example “in Teams and by mail to 2 addresses”; empty where nobody was reached."""
    ways = [
        _("in Teams") if posted else "",
        n_("in one personal chat", "in {n} personal chats", chats) if chats else "",
        n_("by mail to one address", "by mail to {n} addresses", mails) if mails else "",
    ]
    return listed(ways)
