"""A person's absences."""

from collections.abc import Sequence
from typing import Any

from microsoft_teams.cards import CardElement

from cards.parts import columns, heading, looks, more, sentence, to_wire
from changes.ports import Absence
from language import _, date_text

MOST = 10


def absence_card(absences: Sequence[Absence], decides: Sequence[str]) -> dict[str, Any]:
    """Those to come, each with its number; `decides` are the services about which the person decides."""
    body: list[CardElement] = [heading(_("Your absences"))]
    if not absences:
        body.append(sentence(_("None is noted.")))
    for each in absences[:MOST]:
        days = " – ".join(map(date_text, sorted({each.first, each.last})))
        body.append(columns(([sentence(days, bold=True)], "stretch"), ([sentence(f"{each.id}")], "auto")))
    body += more(len(absences) - MOST)
    if decides:
        names = ", ".join(name for name in decides)
        then = _("On these days the deputies are asked about {services}, and the record says for whom.", services=names)
    else:
        then = _("You decide about no service, so nothing changes by it.")
    how = _("**/change absent 2027-07-12 2027-07-30** notes one, **/change absent remove** with its number removes it.")
    body += [sentence(then), sentence(how, subtle=True)]
    # A button could be pressed twice; what is removed is named by its number.
    return to_wire(body, [looks(_("Show again"), "absent")])
