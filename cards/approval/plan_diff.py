"""What was changed since the approver looked at the plan last, field by field."""

from microsoft_teams.cards import CardElement, RichTextBlock

from application.change_context import ChangeContext
from cards.elements.blocks import box, label, run, text_block
from cards.elements.lengths import weight
from changes.reporting.plan_diff import Difference, DiffOp, DiffSegment, differences
from changes.text.messages import listed
from language import N_, _, translate

_KINDS = {"normal": N_("normal"), "emergency": N_("emergency")}
AROUND = 40
"""How much unchanged text is shown on each side of an edit, in characters."""
MOST_PIECES = 24
"""A field with more pieces was written anew: its text stands on the card anyway."""
MOST_ROOM = 5000
"""What all fields together may take, in UTF-16 units."""
_A_PIECE, _A_FIELD, _THE_SECTION = 110, 180, 900
"""What each takes on the wire beside its text."""


def changed_since(view: ChangeContext, room: int) -> list[CardElement]:
    """Nothing, or each field that is another than at the last pre-check: removed text struck out, new text bold.

    `room` is how much the card has left, in UTF-16 units: a field that does not fit is named only.
    """
    change = view.change
    if change.reviewed_plan is None or change.judged_at is None:
        return []
    found = differences(change.reviewed_plan, change.plan, view.service)
    if not found or room < _THE_SECTION:
        return []
    items: list[CardElement] = []
    left, unshown = min(room, MOST_ROOM) - _THE_SECTION, []
    for each in found:
        pieces = _shown(each)
        wanted = _A_FIELD + sum(weight(piece.text) + _A_PIECE for piece in pieces)
        if not pieces or wanted > left:
            unshown.append(_(each.label))
            continue
        left -= wanted
        items += [label(_(each.label)), _struck(pieces)]
    if unshown:
        items.append(text_block(_("Much of this is new: {fields}. See below.", fields=listed(unshown)), subtle=True))
    when = view.when(change.judged_at)
    return [label(_("Changed since the pre-check of {when}", when=when)), box(items)]


def _shown(difference: Difference) -> list[DiffSegment]:
    """The pieces with what was kept cut short; none where hardly anything was kept."""
    if len(difference.pieces) > MOST_PIECES:
        return []
    if difference.field in ("window", "kind", "risk_answers"):
        return [
            DiffSegment(each.mark, _(_KINDS.get(each.text, "")) or translate(each.text)) for each in difference.pieces
        ]
    last = len(difference.pieces) - 1
    return [
        _cut(piece, first=number == 0, last=number == last) if piece.mark is DiffOp.KEPT else piece
        for number, piece in enumerate(difference.pieces)
    ]


def _cut(piece: DiffSegment, *, first: bool, last: bool) -> DiffSegment:
    text = piece.text
    if len(text) <= 2 * AROUND:
        return piece
    before = "" if first else text[:AROUND]
    after = "" if last else text[-AROUND:]
    return DiffSegment(piece.mark, f"{before} … {after}")


def _struck(pieces: list[DiffSegment]) -> CardElement:
    runs: list[CardElement] = []
    for number, piece in enumerate(pieces):
        match piece.mark:
            case DiffOp.REMOVED:
                runs.append(run(_visible(piece.text), colour="Attention", struck=True))
                if number + 1 < len(pieces) and not piece.text.endswith(("\n", " ")):
                    runs.append(run(" "))  # what is new begins beside it, not in it
            case DiffOp.ADDED:
                runs.append(run(_visible(piece.text), bold=True))
            case DiffOp.KEPT:
                runs.append(run(piece.text))
    return RichTextBlock(inlines=runs, spacing="Small")


def _visible(text: str) -> str:
    """Blanks alone would show nothing; text beside text needs one between."""
    return text if text.strip() else "␣"
