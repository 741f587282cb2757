"""A dialog of Teams (a task module) as a person has it in front of them: opened, filled in, submitted."""

from dataclasses import dataclass, field
from typing import Any

from tests.support.running import Bot
from tests.support.teams import CHANNEL, Somebody, actions, inputs_of, words
from tests.support.teams_rules import refusal_of_card

TASK, EXTENSION = ("task/fetch", "task/submit"), ("composeExtension/fetchTask", "composeExtension/submitAction")


@dataclass(slots=True)
class Dialog:
    """What stands in front of that person; `card` is None once it is closed, and `sentence` what stands there then."""

    bot: Bot
    who: Somebody
    where: str = "channel"
    names: tuple[str, str] = TASK
    card: dict[str, Any] | None = None
    title: str = ""
    sentence: str = ""
    answers: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.where == "channel":
            self.where = f"{CHANNEL};messageid=1"  # it stays the same for everything that is sent from it

    @property
    def text(self) -> str:
        """Everything that is read in it."""
        return " | ".join(words(self.card)) or self.sentence

    async def opened(self, data: dict[str, Any]) -> "Dialog":
        """Press the button with that data."""
        await self._sent(self.names[0], {"data": data | {"msteams": {"type": "task/fetch"}}, "context": {"theme": "d"}})
        return self

    async def by_command(self, command: str = "new") -> "Dialog":
        """Choose that command of the app beside the compose box."""
        self.names = EXTENSION
        await self._sent(self.names[0], {"commandId": command, "commandContext": "compose", "context": {"theme": "d"}})
        return self

    async def press(self, button: str, /, *, activity_id: str = "", **inputs: str) -> "Dialog":
        """Press the button of that title, with the inputs on top of what stands in the fields."""
        assert self.card is not None, self.sentence
        there = {name: str(each.get("value") or "") for name, each in inputs_of(self.card).items()}
        pressed = next(each for each in actions(self.card) if each.get("title") == button)
        assert pressed["type"] == "Action.Submit", pressed
        entered = {} if pressed.get("associatedInputs") == "none" else there | inputs
        await self.submit(pressed["data"] | entered, activity_id)
        return self

    async def submit(self, data: Any, activity_id: str = "") -> None:
        """Submit that, whatever it is."""
        await self._sent(self.names[1], {"data": data, "context": {"theme": "default"}}, activity_id)

    async def _sent(self, name: str, value: Any, activity_id: str = "") -> None:
        activity = self.bot.teams.activity(self.who, self.where) | {"type": "invoke", "name": name, "value": value}
        if activity_id:
            activity["id"] = activity_id
        answer: dict[str, Any] = (await self.bot.teams.deliver(activity)).json()
        await self.bot.settle()
        self.answers.append(answer)
        task = answer.get("task") or {}
        self.card, self.title, self.sentence = None, "", ""
        if task.get("type") == "continue":
            shown = task["value"]
            assert 0 < len(shown["title"]) <= 64, shown
            assert shown["card"]["contentType"] == "application/vnd.microsoft.card.adaptive"
            self.card, self.title = shown["card"]["content"], shown["title"]
            assert not refusal_of_card(self.card)
            assert not [each for each in actions(self.card) if each["type"] == "Action.Execute"], "dialogs know none"
        elif task:
            assert task["type"] == "message", answer
            self.sentence = task["value"]
            assert not [mark for mark in ("**", "`") if mark in self.sentence], self.sentence
        else:
            assert answer == {}
