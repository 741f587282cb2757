"""The dialog that is open with somebody in one conversation, as it is kept between two turns."""

from dataclasses import dataclass
from typing import Any, Self

from application.ports import Json, PersonalConversation, Sender, UnitOfWork
from dialogs.reason import REASON
from dialogs.sdk import Activity

_FORMS = "form"


def dialog_key(activity: Activity, *, in_form: bool) -> str:
    """Under which the dialog is kept that whoever sent the activity has open in this conversation.

    A dialog of Teams is one a person, since nobody has two in front of them: nothing that is typed is an answer to it.
    """
    return _key(_FORMS if in_form else activity.conversation.id, activity)


def _key(place: str, activity: Activity) -> str:
    return f"{place}|{activity.from_property.id}"


@dataclass(slots=True)
class OpenDialog:
    """The dialog with whoever writes, in this conversation or in their own chat; without a state none is open."""

    unit: UnitOfWork
    key: str
    state: Json
    etag: int
    form: str = ""

    @classmethod
    async def of_chat(cls, unit: UnitOfWork, activity: Activity, chat: PersonalConversation) -> Self:
        """As it is stored now, for the chat of whoever sent the activity."""
        key = _key(chat.conversation, activity)
        return cls(unit, key, *await unit.dialogs.load(key))

    @classmethod
    def of_form(cls, unit: UnitOfWork, key: str, known: Sender, form: str) -> Self:
        """That of the person's dialog of Teams, opened as `form`; an earlier one is over."""
        return cls(unit, key, known.dialog if known.dialog.get("form") == form else {}, known.etag, form)

    async def save(self, state: Json) -> None:
        """Replace the state; an empty one closes the dialog. Raises ConcurrencyConflict."""
        if self.form and state:
            state = {**state, "form": self.form}
        self.etag = await self.unit.dialogs.save(self.key, state, self.etag)
        self.state = state

    @property
    def change(self) -> str:
        """The change it is about (`new` before it has an id), or an empty text when none is open."""
        return str(self._within.get("change", ""))

    @property
    def command(self) -> str:
        """The word of the command that it carries out, or the dialog's name; empty when none is open."""
        return str(self._within.get("what") or self._name)

    @property
    def asks_for_text(self) -> bool:
        """Whether it has asked for the text of one command, and any other command takes its place."""
        return self._name == REASON

    @property
    def waits_for_answer(self) -> bool:
        """Whether it has asked something that can be answered by typing; a card that waits has not."""
        return self.is_begun and self._within.get("asking") != ""

    @property
    def is_begun(self) -> bool:
        """Whether something is lost with it; a form alone, to edit a plan, can be opened again."""
        return bool(self.state) and not self._within.get("form_alone")

    @property
    def _name(self) -> str:
        return str(self._stack[0]["id"]) if self._stack else ""

    @property
    def _within(self) -> dict[str, Any]:
        return self._stack[0]["state"] if self._stack else {}

    @property
    def _stack(self) -> list[dict[str, Any]]:
        stack: Any = self.state.get("stack")
        return stack or []
