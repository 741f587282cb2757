"""A person's absences."""

from collections.abc import Sequence
from typing import Any

from microsoft_teams.cards import CardElement

from application.ports import Absence
from cards.elements.blocks import columns, heading, more, text_block
from cards.elements.controls import render_card, view_button
from language import _, date_text

MOST = 10


def absence_card(absences: Sequence[Absence], decides: Sequence[str]) -> dict[str, Any]:
    """Those to come, each with its number; `decides` are the services about which the person decides."""
    body: list[CardElement] = [heading(_("Your absences"))]
    if not absences:
        body.append(text_block(_("None is noted.")))
    for each in absences[:MOST]:
        days = " – ".join(map(date_text, sorted({each.first, each.last})))
        body.append(columns(([text_block(days, bold=True)], "stretch"), ([text_block(f"{each.id}")], "auto")))
    body += more(len(absences) - MOST)
    if decides:
        names = ", ".join(name for name in decides)
        then = _("On these days the deputies are asked about {services}, and the record says for whom.", services=names)
    else:
        then = _("You decide about no service, so nothing changes by it.")
    how = _("**/change absent 2027-07-12 2027-07-30** notes one, **/change absent remove** with its number removes it.")
    body += [text_block(then), text_block(how, subtle=True)]
    # A button could be pressed twice; what is removed is named by its number.
    return render_card(body, [view_button(_("Show again"), "absent")])
