"""What the form shows of templates: the choice, what the chosen one locks, and whether anybody will be asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from microsoft_teams.cards import ActionSet, CardElement

from cards.elements.blocks import label, strip, text_block, user_text
from cards.elements.controls import choice
from cards.request.offers import fills
from changes.templates import TEMPLATED, Template
from language import _


@dataclass(frozen=True, slots=True)
class TemplatePart:
    """`offered` are the choices (value, what is shown); `template` is the chosen one.

    `locked` are the texts that it keeps, by input; none of them where they are edited all the same. `lapsed` is why no
    pre-approval of it holds, and `problem` what is wrong with the choice.
    """

    offered: Sequence[tuple[str, str]] = ()
    template: Template | None = None
    locked: Mapping[str, str] = field(default_factory=dict)
    lapsed: str = ""
    problem: str = ""

    @property
    def may_be_standard(self) -> bool:
        """Whether nobody is asked if it is handed in with the usual notice."""
        return bool(self.locked) and not self.lapsed

    def locked_field(self, key: str) -> list[CardElement]:
        """The field as the template has it, to be read."""
        return [label(_("{field} (locked)", field=_(TEMPLATED[key]))), *user_text(self.locked[key] or "–")]

    def choosing(self, change: str, revision: int) -> list[CardElement]:
        """The choice with the button that fills the form in; and what the chosen template means."""
        items: list[CardElement] = []
        if self.offered:
            chosen, none = self.template.name if self.template is not None else "-", ("-", _("No template"))
            items.append(choice("template", _("Template (optional)"), [none, *self.offered], chosen))
            items.append(ActionSet(actions=[fills(_("Fill in from it"), change, revision)]))
        items += strip([text_block(self.problem)]) if self.problem else []
        return [*items, *self._meaning(change, revision)]

    def _meaning(self, change: str, revision: int) -> list[CardElement]:
        template = self.template
        if template is None:
            return []
        said = [_("From the template “{name}”, version {version}.", name=template.name, version=template.version)]
        if template.approval is not None and self.lapsed:
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
            box.append(ActionSet(actions=[fills(_("Edit what is locked"), change, revision, unlock="yes")]))
        return box


NO_TEMPLATES = TemplatePart()
