"""A command of the chat, as it is typed or as a button would have it typed."""

from dataclasses import dataclass

ANSWER_HERE = "answer-here"
"""In front of the title of a typed request: it is answered in the conversation, and no dialog is offered for it."""

FROM_TEMPLATE = "from-template"
"""Behind it: the request begins with the template of the name that follows, or with the plan of that change."""


@dataclass(frozen=True, slots=True)
class ChatCommand:
    """A command by its name, in English or as its reader types it, and the rest of the line."""

    name: str
    rest: str = ""

    @property
    def words(self) -> list[str]:
        """The rest, word by word."""
        return self.rest.split()

    @property
    def line(self) -> str:
        """The whole of it, without `/change`."""
        return f"{self.name} {self.rest}".strip()
