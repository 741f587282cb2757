"""The dialog that is open with somebody in one conversation, as it is kept between two turns."""

from dataclasses import dataclass
from typing import Any, Self

from application.ports import Json, PersonalConversation, UnitOfWork
from dialogs.reason import REASON
from dialogs.sdk import Activity

_FORMS = "form"


@dataclass(slots=True)
class OpenDialog:
    """The dialog with whoever writes, in this conversation or in their own chat; without a state none is open."""

    unit: UnitOfWork
    key: str
    state: Json
    etag: int
    form: str = ""

    @classmethod
    async def of(cls, unit: UnitOfWork, activity: Activity, alone: PersonalConversation | None = None) -> Self:
        """As it is stored now, for the activity's conversation or for the chat `alone`."""
        key = f"{alone.conversation if alone else activity.conversation.id}|{activity.from_property.id}"
        return cls(unit, key, *await unit.dialogs.load(key))

    @classmethod
    async def of_form(cls, unit: UnitOfWork, activity: Activity, form: str) -> Self:
        """That of the person's dialog of Teams, opened as `form`; one a person, since nobody has two in front of them.

        Nothing that is typed is an answer to it. An earlier one is over.
        """
        key = f"{_FORMS}|{activity.from_property.id}"
        state, etag = await unit.dialogs.load(key)
        return cls(unit, key, state if state.get("form") == form else {}, etag, form)

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
