"""How a dialog hears and answers. A card answers a press in place, and stands by itself otherwise.

Where an answer is for one person alone, nothing of it is sent to the conversation: it waits to be sent to their chat.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from application.input_parsing.card_action import CardAction
from application.ports import NoticeTexts, PersonalConversation
from application.session import UserSession
from cards.elements.lengths import shortened
from cards.elements.notification import notification
from dialogs.sdk import Dialog, DialogContext, DialogTurnResult, TurnContext
from language import _, in_chat

_KEY = "heard"
LONGEST_QUOTE = 60
"""Maximum length of what was typed as it is quoted in a question, in UTF-16 units."""
CARD = "application/vnd.microsoft.card.adaptive"


@dataclass(slots=True)
class TurnInput:
    """What one activity says: a press or a text. `answer` is the card that answers an invoke, once there is one.
    `delivery` is the same for each repetition of the activity, and `wording` says what affected people would read.
    `messages` are what is said to it, in order, as plain JSON.

    `command` is the line of the command that a text without `/change` may be, and `is_surely_command` whether it can
    hardly be anything else; the dialog that hears it says by `runs_command` that it is. `is_small_talk`: the text
    says hello, please or thank you, and no more.

    `alone` is the chat of the person where the answer is for nobody else, and `aside` what is said there. `stays` when
    what is said of a private change may stand where it was asked: the answer to an invoke is read by the presser only,
    and whoever began a request among others goes on with it there.

    `among_others`: others read the conversation too. What is said to a press there is no message of its own but stands
    in `notes`, for the answer to it.

    `in_dialog`: the press comes from a dialog of Teams, which is read by the presser only: everything that is said is
    part of the answer, with the `title` above it. `problems` is what is wrong with what was entered, by field, before
    it was looked at; `receipt` says that it is done, and closes the dialog.
    """

    session: UserSession
    delivery: str
    wording: NoticeTexts
    text: str = ""
    command: str = ""
    is_surely_command: bool = False
    runs_command: bool = False
    is_small_talk: bool = False
    press: CardAction | None = None
    in_place: bool = False
    stays: bool = False
    among_others: bool = False
    notes: list[str] = field(default_factory=list)
    answer: dict[str, Any] | None = None
    alone: PersonalConversation | None = None
    messages: list[dict[str, Any]] = field(default_factory=list)
    aside: list[dict[str, Any]] = field(default_factory=list)
    in_dialog: bool = False
    title: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)
    receipt: str = ""


def attach_input(context: TurnContext, heard: TurnInput) -> None:
    """Attach what was heard to the turn."""
    context.turn_state[_KEY] = heard


def turn_input(context: TurnContext) -> TurnInput:
    """What was heard in this turn."""
    found: TurnInput = context.turn_state[_KEY]
    return found


async def send_text(context: TurnContext, text: str) -> None:
    """Send a Message; any other string is somebody's text, and is shown as it was written."""
    turn = turn_input(context)
    if turn.in_dialog or (turn.in_place and turn.among_others and turn.alone is None):
        turn.notes.append(text)
    else:
        _send(turn, text_message(text))


async def say_and_wait(dialog_context: DialogContext, text: str) -> DialogTurnResult:
    """Send the text, and leave the dialog open for what is answered."""
    await send_text(dialog_context.context, text)
    return Dialog.end_of_turn


async def say_and_end(dialog_context: DialogContext, text: str) -> DialogTurnResult:
    """Send the text as the last of the dialog."""
    await send_text(dialog_context.context, text)
    return await dialog_context.end_dialog()


async def ask_whether_command(dialog_context: DialogContext) -> DialogTurnResult:
    """Ask whether what was typed is the answer or the command that it reads like; nothing is done with it."""
    turn = turn_input(dialog_context.context)
    sentence = _(
        "“{text}” reads like a command, so I did nothing with it. Send it once more if it is your answer; type "
        "`/change {command}` to carry it out.",
        text=shortened(turn.text.strip(), LONGEST_QUOTE),
        command=shortened(turn.command, LONGEST_QUOTE),
    )
    return await say_and_wait(dialog_context, sentence)


async def answer_with_card(context: TurnContext, card: dict[str, Any], summary: str) -> None:
    """Answer with a card: in place of the pressed one, or as a message of which a notification says the `summary`."""
    turn = turn_input(context)
    if turn.in_dialog or (turn.in_place and turn.alone is None and turn.answer is None):
        turn.answer, turn.title = card, summary
        return
    await send_card(context, card, summary)


async def send_card(context: TurnContext, card: dict[str, Any], summary: str) -> None:
    """Send a card as a message of its own."""
    attachments = [{"contentType": CARD, "content": card}]
    _send(turn_input(context), {"type": "message", "summary": notification(summary), "attachments": attachments})


def text_message(text: str) -> dict[str, Any]:
    """The text as a message of its own, which a notification says too."""
    return {"type": "message", "summary": notification(text), "text": in_chat(text), "textFormat": "markdown"}


def _send(turn: TurnInput, message: dict[str, Any]) -> None:
    (turn.messages if turn.alone is None else turn.aside).append(message)
