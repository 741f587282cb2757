"""What the bot posts, as Teams takes it: a card, a text, a text that mentions people.

A text is a Message; any other string is somebody's text, and is shown as it was written.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from application.ports import UserProfile
from cards.elements.blocks import text_block
from cards.elements.notification import notification
from changes.model import Person
from changes.text.display_names import display_name
from changes.text.messages import MOST_PARTS, Message, capitalized, listed, strip_bidi_controls
from dialogs.turn import CARD
from language import _, in_chat, labelled
from language.escaping import WORD_JOINER, unlinked

_ESCAPED = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;"} | {each: f"&#{ord(each)};" for each in "[]()*`~\\_!#"}
)
"""Teams reads a mention as XML, and the text around it as Markdown: a character reference is a letter to both."""
_PLAIN = str.maketrans(dict.fromkeys("&<>[]()*`~\\_!#", " "))


def with_card(card: dict[str, Any], summary: str, people: Iterable[Person] = ()) -> dict[str, Any]:
    """A message that is a card; `summary` is what a notification says of it, for the `people`."""
    told = notification(summary, (display_name(each.name) for each in people))
    return {"type": "message", "attachments": [{"contentType": CARD, "content": card}], "summary": told}


def calling(card: dict[str, Any], text: str, people: list[UserProfile]) -> dict[str, Any]:
    """The card with a line on top that calls the people to it: a card alone notifies nobody.

    Within a card Teams finds a mention by its text, letter by letter: so what Markdown could change is left out of it.
    """
    names, entities = _names(people, lambda name: " ".join(name.translate(_PLAIN).split()) or _("colleague"))
    line = text_block(labelled(listed(names), text)).model_dump(by_alias=True, exclude_none=True)
    called = card | {"body": [line, *card["body"]]}
    return called | ({"msteams": card.get("msteams", {}) | {"entities": entities}} if entities else {})


def with_text(text: str, summary: str = "", people: Iterable[Person] = ()) -> dict[str, Any]:
    """A message that is a text; a notification says the `summary`, or else the text itself, for the `people`."""
    told = notification(summary or text, (display_name(each.name) for each in people))
    return {"type": "message", "text": in_chat(text), "textFormat": "markdown", "summary": told}


def mentioning(text: str, people: list[UserProfile], summary: str = "") -> dict[str, Any]:
    """The text with the people in front: mentioned where Teams knows them, by name where it does not.

    Whoever has no name that can be seen has a word in its place: only some of them approve anything.

    Teams refuses the message where the text of a mention does not stand in it letter by letter.
    """
    names, entities = _names(people)
    told = (each.person for each in people)
    said = labelled(listed(names), text) if names else capitalized(text)
    activity = with_text(said, summary or text, told)
    return activity | ({"entities": entities} if entities else {})


def _names(
    people: Sequence[UserProfile], shown: Callable[[str], str] = str
) -> tuple[list[Message], list[dict[str, Any]]]:
    """The people by name, `shown` in a mention, and the mentions of those whom Teams knows."""
    names: list[Message] = []
    entities: list[dict[str, Any]] = []
    for each in people[:MOST_PARTS]:  # a list says no more of them, and Teams takes no mention that stands nowhere
        name = _name_of(each)
        names.append(_mark(shown(name), each.mri, entities) if each.mri else plain_name(name))
    return names, entities


def _mark(name: str, mri: str, entities: list[dict[str, Any]]) -> Message:
    """The mark of a mention, which is added to the entities.

    Teams finds by its text who is meant: of two people with one name each gets a text of their own, which looks alike.
    """
    while any(name == each["mentioned"]["name"] for each in entities):
        name += WORD_JOINER
    mark = f"<at>{name.translate(_ESCAPED)}</at>"
    entities.append({"type": "mention", "text": mark, "mentioned": {"id": mri, "name": name}})
    return Message.from_markup(mark)


def _name_of(person: UserProfile) -> str:
    return unlinked(strip_bidi_controls(display_name(person.person.name))) or _("colleague")


def plain_name(name: str) -> Message:
    """The name of somebody who is named and not mentioned."""
    return Message("**{name}**", name=name)
