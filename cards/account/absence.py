"""A person's absences."""

from collections.abc import Sequence
from typing import Any

from microsoft_teams.cards import CardElement

from application.ports import Absence
from cards.elements.blocks import more, text_block
from cards.elements.controls import render_card, view_button
from cards.elements.header import page_header
from cards.elements.table import table
from changes.text.messages import listed
from language import _, date_text

MOST = 10


def absence_card(absences: Sequence[Absence], decides: Sequence[str]) -> dict[str, Any]:
    """Those to come, each with its number; `decides` are the services about which the person decides."""
    body: list[CardElement] = page_header(_("Your absences"))
    if not absences:
        body.append(text_block(_("None recorded.")))
    rows = [(" – ".join(map(date_text, sorted({each.first, each.last}))), f"{each.id}") for each in absences[:MOST]]
    body += table([_("Days"), _("Number")], rows, (3, 1))
    body += more(len(absences) - MOST)
    if decides:
        names = listed(decides)
        then = _("On these days your deputies decide for {services}, on your behalf.", services=names)
    else:
        then = _("You approve no service, so this has no effect.")
    how = _(
        "To add one: **/change absent 2027-07-12 2027-07-30**. To remove one: **/change absent remove** and its number."
    )
    body += [text_block(then), text_block(how, subtle=True)]
    # A button could be pressed twice; what is removed is named by its number.
    return render_card(body, [view_button(_("Refresh"), "absent")])
