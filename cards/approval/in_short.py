"""The plan and the announcement on the card of GO, as far as there is room: the pre-check showed all of it."""

from collections.abc import Sequence

from microsoft_teams.cards import CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import first_of, fold, label, text_block, user_text
from cards.elements.lengths import shortened, weight
from cards.elements.plan_table import safety_table
from changes.notification.recipients import recipients
from changes.plan_fields import BY_KEY
from changes.text.lengths import units
from changes.text.messages import Message, listed
from language import N_, _

LONGEST_IN_SHORT, LONGEST_TEST_SHOWN = 400, 80
A_BLOCK = 75
"""What a paragraph takes on the wire beside its text, in UTF-16 units."""
A_FOLD = 700
"""What the announcement in one language takes beside its paragraphs."""
A_LINE = 250
MOST_ADDRESSES = 3
_BETWEEN_LANGUAGES = "\n\n---\n\n"
_IN_LANGUAGE = {
    "en": N_("Show it in English"),
    "fr": N_("Show it in French"),
    "de": N_("Show it in German"),
}


def abbreviated(text: str) -> list[CardElement]:
    """As much of a text as the GO card has room for: the pre-check showed all of it."""
    return user_text(text if weight(text) <= LONGEST_IN_SHORT else shortened(text, LONGEST_IN_SHORT // _breadth(text)))


def _breadth(text: str) -> int:
    """How many units on the wire a unit of the text takes, at most."""
    return max(1, -(-weight(text) // max(1, units(text))))


def plan_in_short(view: ChangeContext) -> list[CardElement]:
    """What changes, how it is tested, what can go wrong, and how it is reverted; folded."""
    plan = view.change.plan
    described = [label(_(BY_KEY["what"].label)), *abbreviated(plan.what)]
    if plan.notify:
        described += [label(_(BY_KEY["notify"].label)), *abbreviated(listed(plan.notify))]
    safety = safety_table(plan, abbreviated, LONGEST_TEST_SHOWN)
    return fold(_("Show the plan"), "plan", *described, *safety)


def announcement(view: ChangeContext, notice: str, room: int) -> list[CardElement]:
    """What GO sends, folded for each language; of its paragraphs as many as there is `room` for, in UTF-16 units."""
    texts, languages = notice.split(_BETWEEN_LANGUAGES), view.service.languages
    if len(texts) != len(languages):  # a template of the organisation's own has such a line too
        texts, languages = [notice], ("",)
    share = room // len(texts) - A_FOLD
    if share < 0:
        missing = _("There is no room for it here: **/change notice {id}** shows it.", id=view.change.id)
        return [label(_("Announcement sent on GO")), text_block(missing)] if room > A_LINE else []
    items: list[CardElement] = []
    for text, language in zip(texts, languages, strict=True):
        title = _(_IN_LANGUAGE.get(language, N_("Show it")))
        items += fold(
            title,
            f"announcement{language}",
            text_block(_sent_to(view, language), subtle=True),
            *_paragraphs(text, share),
        )
    return [label(_("Announcement sent on GO")), *items]


def _sent_to(view: ChangeContext, language: str) -> str:
    """In which channels, and by mail to whom, people read the announcement in that language."""
    service = view.service
    in_teams, addresses = "teams" in service.notify, ""
    if "mail" in service.notify:
        everybody = recipients(view.change, service)
        read_it = [each.address for each in everybody if not language or each.language in ("", language)]
        addresses = first_of(read_it, MOST_ADDRESSES)
    if not addresses:
        return _("Sent in Teams.") if in_teams else ""
    if in_teams:
        return _("Sent in Teams and by e-mail to {addresses}.", addresses=addresses)
    return _("Sent by e-mail to {addresses}.", addresses=addresses)


def _paragraphs(notice: str, room: int) -> Sequence[CardElement]:
    """The paragraphs, or as many of them as there is `room` for."""
    blocks: list[CardElement] = []
    for paragraph in notice.split("\n\n"):
        room -= weight(paragraph) + A_BLOCK
        if room < 0:
            return [*blocks, text_block(_("Shortened here: the announcement goes on."), subtle=True)]
        blocks.append(text_block(Message.from_markup(paragraph)))
    return blocks
