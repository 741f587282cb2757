"""The notice that a button sends, before it goes: in each language of the service, with the text that may be changed."""

from microsoft_teams.cards import CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import text_block, text_input
from changes.notification import NoticeKind
from changes.text import Message
from language import N_, _

_NAMES = {"en": N_("English"), "fr": N_("French"), "de": N_("German")}


def public_text(view: ChangeContext, kind: NoticeKind, *, whole: bool = True) -> list[CardElement]:
    """The inputs for what affected people read, each within its notice; nothing where such a notice cannot go out.

    They are filled with the notice's own sentence. `whole` shows what stands around it too, where there is room.
    """
    drafts = view.drafts.get(kind, ())
    items: list[CardElement] = []
    for draft in drafts:
        title = _("Message to the people affected ({language})", language=_(_NAMES[draft.language]))
        given = text_input(draft.field, title, value=draft.text, lines=True)
        items += [*_around(draft.before), given, *_around(draft.after)] if whole else [given]
    told = _("Everyone affected gets this notice. Change the message, or leave it as it is.")
    return [text_block(told, subtle=True), *items] if items else []


def _around(markdown: str) -> list[CardElement]:
    paragraphs = [each for each in markdown.split("\n\n") if each.strip()]
    return [text_block(Message.from_markup(each), subtle=True) for each in paragraphs]
