"""A play as its spectator reads it: every message in order, under a heading that says when, to whom, and *Rehearsal*.

Few messages hold it all: texts that follow one another are one, and cards stand below them. What a message says is not
touched; its buttons and fields are gone, and the people whom it mentions are only named.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.messenger.message_factory import with_text
from bot.messenger.message_fallbacks import without_mentions
from cards.elements.blocks import box, label, text_block, user_text
from cards.elements.controls import render_card, size
from cards.elements.header import badge
from cards.elements.lengths import shortened, weight
from cards.elements.state_labels import Look
from changes.model import Change, Person
from changes.policy import Service
from changes.text.messages import Message, joined, listed
from dialogs.turn import CARD
from language import N_, _, in_chat, moment_text
from rehearsal.recording import Delivered

LARGEST = 24 * 1024
"""The largest message of a play, in UTF-16 units: well under what Teams takes."""
MOST_CARDS = 4
"""More below one another in one message nobody finds again."""
_LONGEST_TITLE = 60
_PRESSED = ("Action.Execute", "Action.Submit", "Action.ShowCard", "Input.")
_HOLDERS = {"ActionSet": "actions", "Container": "items", "ColumnSet": "columns"}
"""What is left out where nothing is left in it."""
_OTHERWISE = {
    False: N_("`/change rehearse {id} bad` plays a day on which it goes wrong."),
    True: N_("`/change rehearse {id} good` plays a day on which all goes well."),
}


def retold(
    change: Change,
    service: Service,
    delivered: Sequence[Delivered],
    chats: Mapping[str, Person],
    *,
    is_bad: bool,
    stopped: str,
) -> list[dict[str, Any]]:
    """The messages for the spectator, in the language of the moment. `stopped` is why the play ended early, if it did.

    `chats` says whose chat each personal conversation is.
    """
    title = shortened(change.plan.title, _LONGEST_TITLE)
    about = _("{id} ({title}): rehearsal, good day", id=change.id, title=title)
    if is_bad:
        about = _("{id} ({title}): rehearsal, bad day", id=change.id, title=title)
    what = _(
        "This is what everybody would get, in order, on a simulated clock. Nobody else is told anything, no snapshot "
        "is taken or restored, and the buttons are left out."
    )
    end = _("**End of the rehearsal.** The change itself stands where it stood.")
    if stopped:
        end = _("**The rehearsal stops here**, where the change itself would be held up: {reason}", reason=stopped)
    first = in_chat(joined(Message("**{about}**", about=about), what, by="\n\n"))
    last = in_chat(joined(end, _(_OTHERWISE[is_bad], id=change.id), by="\n\n"))
    return [
        with_text(about)
        | {"text": "\n\n---\n\n".join(texts)}
        | ({"attachments": [{"contentType": CARD, "content": each} for each in cards]} if cards else {})
        for texts, cards in _folded([first, *_told(service, delivered, chats), last])
    ]


def _folded(parts: Sequence[str | dict[str, Any]]) -> list[tuple[list[str], list[dict[str, Any]]]]:
    """The texts and cards of each message; in order, since what is behind a card is none of its message's texts."""
    messages: list[tuple[list[str], list[dict[str, Any]]]] = [([], [])]
    for each in parts:
        texts, cards = messages[-1]
        room = LARGEST - sum(map(weight, texts)) - sum(map(size, cards))
        if isinstance(each, str):
            if cards or weight(each) > room:
                messages.append(([], []))
            messages[-1][0].append(each)
        else:
            if len(cards) == MOST_CARDS or size(each) > room:
                messages.append(([], []))
            messages[-1][1].append(each)
    return messages


def _told(
    service: Service, delivered: Sequence[Delivered], chats: Mapping[str, Person]
) -> Iterator[str | dict[str, Any]]:
    """Each message under its heading; one that says the same to several at one moment is told once."""
    copies: dict[str, list[Delivered]] = {}
    for each in delivered:
        plain = replace(each, activity=without_mentions(each.activity))
        said = plain.activity.get("text"), plain.activity.get("attachments"), plain.subject
        copies.setdefault(f"{plain.at} {said}", []).append(plain)
    for first, *others in copies.values():
        when = moment_text(first.at, service.zone)
        to = listed(dict.fromkeys(_place(each, service, chats) for each in (first, *others)))
        look = Look(_("Rehearsal"), "emphasis", "Informative", "Play")
        head = box([badge(look, look.label), text_block(when, bold=True), text_block(to)])
        if cards := first.activity.get("attachments"):
            titles: list[str] = []
            shown = _without_buttons(cards[0]["content"], titles)
            foot = text_block(_("Left out here: {buttons}.", buttons=listed(dict.fromkeys(titles))), subtle=True)
            around = render_card([head, *([foot] if titles else [])])["body"]
            yield shown | {"body": [around[0], *shown["body"], *around[1:]]}
        elif first.subject:
            yield render_card([head, label(first.subject), *user_text(str(first.activity["text"]))])
        else:
            mark = _("**Rehearsal · {when}** · {to}", when=when, to=to)
            yield "\n\n".join([in_chat(mark), str(first.activity["text"])])


def _place(each: Delivered, service: Service, chats: Mapping[str, Person]) -> Message:
    if each.subject:
        return _("mail to {address}", address=each.place)
    if each.place in chats:
        return _("chat of {name}", name=chats[each.place].name)
    if each.begins:
        return _("new post in the channel of {service}", service=service.name)
    return _("in its thread in the channel of {service}", service=service.name)


def _without_buttons(node: Any, titles: list[str]) -> Any:
    """The card as a picture of itself, in which what unfolds still does; the titles of its buttons go to `titles`."""
    if isinstance(node, list):
        return [left for each in node if (left := _without_buttons(each, titles)) is not None]
    if not isinstance(node, dict):
        return node
    kind = str(node.get("type", ""))
    if kind.startswith(_PRESSED):
        titles += [str(node["title"])] if "title" in node else []
        return None
    kept = {
        name: _without_buttons(each, titles) for name, each in node.items() if name not in ("selectAction", "refresh")
    }
    return (
        None if kind in _HOLDERS and not kept.get(_HOLDERS[kind]) else {k: v for k, v in kept.items() if v is not None}
    )
