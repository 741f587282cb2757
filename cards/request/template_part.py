"""What the form shows of templates: the choice, what the chosen one locks, and whether anybody will be asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from microsoft_teams.cards import Action, ActionSet, CardElement

from application.input_parsing.card_action import FILL
from cards.elements.blocks import label, strip, text_block, user_text
from cards.elements.controls import button, choice
from cards.elements.lengths import shortened
from changes.templates import TEMPLATED, Template
from language import _

LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class TemplatePart:
    """`offered` are the choices (value, what is shown); `template` is the chosen one.

    `locked` are the texts that it keeps, by input; none of them where they are edited all the same. `lapsed` is why its
    pre-approval does not hold, and `problem` what is wrong with the choice.
    """

    offered: Sequence[tuple[str, str]] = ()
    template: Template | None = None
    locked: Mapping[str, str] = field(default_factory=dict)
    lapsed: str = ""
    problem: str = ""

    @property
    def may_be_standard(self) -> bool:
        """Whether nobody is asked if it is handed in with the usual notice."""
        return (
            self.template is not None and self.template.approval is not None and bool(self.locked and not self.lapsed)
        )

    def locked_field(self, key: str) -> list[CardElement]:
        """The field as the template has it, to be read."""
        return [label(_("{field} (locked)", field=_(TEMPLATED[key]))), *user_text(self.locked[key] or "–")]

    def choosing(self, change: str, revision: int) -> list[CardElement]:
        """The choice with the button that fills the form in; and what the chosen template means."""
        items: list[CardElement] = []
        if self.offered:
            shown = [(value, shortened(name, LONGEST_SHOWN)) for value, name in self.offered]
            chosen = self.template.name if self.template is not None else "-"
            items.append(choice("template", _("Template (optional)"), [("-", _("No template")), *shown], chosen))
            items.append(ActionSet(actions=[_fills(_("Fill in from it"), change, revision)]))
        items += strip([text_block(self.problem)]) if self.problem else []
        return [*items, *self._meaning(change, revision)]

    def _meaning(self, change: str, revision: int) -> list[CardElement]:
        template = self.template
        if template is None:
            return []
        said = [_("From the template “{name}”, version {version}.", name=template.name, version=template.version)]
        if self.lapsed:
            said.append(_("It will be a normal change: {reason}.", reason=self.lapsed))
        elif template.approval is not None:
            given = _(
                "{who} pre-approved it: while what is locked is kept, with the usual notice, nobody is asked for the "
                "pre-check or GO.",
                who=template.approval.by.name or _("the approver"),
            )
            said.append(given)
        box = strip([text_block(each) for each in said], "good" if self.may_be_standard else "warning")
        if self.locked:
            box.append(ActionSet(actions=[_fills(_("Edit what is locked"), change, revision, unlock="yes")]))
        return box


def _fills(title: str, change: str, revision: int, **fields: str) -> Action:
    more: dict[str, Any] = {f"fill_{name}": value for name, value in fields.items()}
    pressed = button(title, FILL, change, revision, **more)
    return pressed.model_copy(update={"fallback": None})
