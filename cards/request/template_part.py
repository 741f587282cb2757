"""What the form shows of templates: the choice, what the chosen one locks, and whether anybody will be asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from microsoft_teams.cards import Action, ActionSet, CardElement

from application.input_parsing.card_action import FILL
from cards.elements.blocks import Style, label, strip, text_block, user_text
from cards.elements.controls import button, choice
from cards.elements.lengths import shortened
from changes.labels import duration_label
from changes.plan_fields import BY_KEY, Entry
from changes.templates import Mark, Template
from language import _

LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class TemplatePart:
    """`offered` are the choices (value, what is shown); `template` is the chosen one, and `unlocked` whether what it
    locks is edited all the same. `is_standard`: nobody will be asked with so many `days` of notice; `lapsed`: why its
    pre-approval does not hold, and `problem` what is wrong with the choice.
    """

    offered: Sequence[tuple[str, str]] = ()
    template: Template | None = None
    unlocked: bool = False
    is_standard: bool = False
    days: int = 0
    lapsed: str = ""
    problem: str = ""

    def locks(self, key: str) -> bool:
        """Whether the field is shown, and not edited."""
        return self.template is not None and not self.unlocked and key in self.template.locked

    def requires(self, key: str) -> bool:
        """Whether each change answers it anew."""
        return self.template is not None and self.template.mark(key) is Mark.REQUIRED

    def locked_field(self, key: str) -> list[CardElement]:
        """The field as the template has it, to be read."""
        value = self.template.values.get(key, "") if self.template is not None else ""
        shown = duration_label(int(value)) if BY_KEY[key].entry is Entry.WINDOW else value
        name = _("Expected downtime") if BY_KEY[key].entry is Entry.WINDOW else _(BY_KEY[key].label)
        return [label(_("{field} (locked)", field=name)), *user_text(shown or "–")]

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
        from_it = _("From the template “{name}”, version {version}.", name=template.name, version=template.version)
        said: list[str] = [from_it]
        style: Style = "emphasis"
        if self.is_standard and template.approval is not None:
            style, who = "good", template.approval.by.name or _("the approver")
            given = _(
                "Standard change: {who} pre-approved it, so with {days} days of notice or more nobody is asked for the "
                "pre-check or GO.",
                who=who,
                days=self.days,
            )
            said.append(given)
        elif self.lapsed:
            style = "warning"
            said.append(_("It will be a normal change: {reason}.", reason=self.lapsed))
        if self.unlocked:
            style = "warning"
            said.append(_("If you change what it locks, it is a normal change, with pre-check and GO."))
        box = strip([text_block(each) for each in said], style)
        if template.locked and not self.unlocked:
            box.append(ActionSet(actions=[_fills(_("Edit what is locked"), change, revision, unlock="yes")]))
        return box


def _fills(title: str, change: str, revision: int, **fields: str) -> Action:
    more: dict[str, Any] = {f"fill_{name}": value for name, value in fields.items()}
    pressed = button(title, FILL, change, revision, **more)
    return pressed.model_copy(update={"fallback": None})
