"""The tables of services.toml about the risk of a change, and about who has to decide about which."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PlainValidator, ValidationInfo, create_model, field_validator

from changes.model import Person, RiskLevel, Stage
from changes.model.risk_rules import QUESTIONS, RiskQuestion, RiskRules
from changes.plan_fields import MOST_QUESTIONS
from settings import values
from settings.services_parts import PersonId, Strict, at_most, short_word, text, unique, whole

MOST_POINTS = 100
_SOME = re.compile(r"([0-9]{1,2}) of ([0-9]{1,2})")
_MEANINGS = {
    "medium": "Points from which on a risk is medium.",
    "high": "Points from which on a risk is high: two people decide then.",
    "short_notice": "Points of short notice, and of an emergency.",
    "near": "Points where another window is within a day.",
    "bad_run": "Points of each of the last changes of the service that did not end well in time.",
    "runs": "How many of its last changes are looked at for that.",
    "no_rollback": "Points of a window that is too short for a rollback.",
}


def _answers(value: object) -> dict[str, int]:
    if not isinstance(value, dict) or not 2 <= len(value) <= 4:
        raise ValueError('write two to four answers with their points, like { "nobody" = 0, "everybody" = 3 }')
    if numeric := next((each for each in value if str(each).isdigit()), ""):
        raise ValueError(f"{values.shown(numeric)} is a number, by which answers are chosen; write words")
    points = (values.whole_number(each, least=0, most=MOST_POINTS) for each in value.values())
    return dict(zip((values.one_line(each, 40) for each in value), points, strict=True))


class QuestionTable(Strict):
    """A question about the risk."""

    ask: Annotated[str, text(80)] = Field(description="The question.")
    answers: Annotated[dict[str, int], PlainValidator(_answers)] = Field(
        description='Its answers, each with its points: `{ "nobody" = 0, "everybody" = 3 }`.'
    )


def _each_once(questions: list[QuestionTable]) -> list[QuestionTable]:
    values.each_once([each.ask for each in questions])
    return questions


class _Questions(Strict):
    question: Annotated[list[QuestionTable], at_most(MOST_QUESTIONS), AfterValidator(_each_once)] = Field(
        default=[], description="The questions, up to five, in the place of the usual ones."
    )

    @field_validator("high", mode="after", check_fields=False)
    @classmethod
    def _above(cls, high: int, info: ValidationInfo) -> int:
        if high <= (medium := info.data.get("medium", 0)):
            raise ValueError(f"a high risk has more points than a medium one ({medium}); write more")
        return high


_NUMBERS = {
    each.name: (Annotated[int, whole(0, MOST_POINTS)], Field(default=each.default, description=_MEANINGS[each.name]))
    for each in fields(RiskRules)
    if each.name in _MEANINGS
}
RiskTable = create_model("RiskTable", __base__=_Questions, **_NUMBERS)  # type: ignore[call-overload]  # made as it runs


def rules_of(read: _Questions | None) -> RiskRules | None:
    """How the risk is assessed as the table says; None without the table."""
    if read is None:
        return None
    own = tuple(RiskQuestion(each.ask, tuple(each.answers.items())) for each in read.question)
    return RiskRules(**read.model_dump(exclude={"question"}), questions=own or QUESTIONS)


def _how_many(value: object) -> str:
    found = values.one_line(value, 20)
    if found not in ("any", "all") and not _SOME.fullmatch(found):
        raise ValueError('write "any", "all" or how many of how many, like "2 of 3"')
    return found


_Named = Annotated[list[PersonId], at_most(20), AfterValidator(unique), Field(min_length=1)]
Groups = dict[Annotated[str, PlainValidator(short_word)], _Named]


class ApprovalTable(Strict):
    """Those who decide together about a change."""

    level: Literal["any", "low", "medium", "high"] = Field(
        default="any", description="About changes of which risk: `low`, `medium`, `high`, or `any`."
    )
    who: Annotated[list[Annotated[str, text(60)]], at_most(20), AfterValidator(unique)] = Field(
        min_length=1, description="Who: `approver`, `deputies`, names of `groups`, or Entra object ids."
    )
    how_many: Annotated[str, PlainValidator(_how_many)] = Field(
        default="any", description="How many of them have to agree: `any` for one, `all`, or like `2 of 3`."
    )

    def stage(self, known: Mapping[str, Sequence[str]]) -> Stage:
        """What the table says, where those names are `known`. Raises ValueError where it can never be filled."""
        found: dict[str, None] = {}
        for who in self.who:
            if who not in known and not values.is_guid(who):
                near = values.nearest(who, list(known))
                rest = f"did you mean {near}?" if near else "write it under groups"
                raise ValueError(f"who names {values.shown(who)}; that is no group and nobody's id; {rest}")
            found |= dict.fromkeys(known.get(who, (who,)))
        some = _SOME.fullmatch(self.how_many)
        needed, of = map(int, some.groups()) if some else (1 if self.how_many == "any" else len(found), len(found))
        if of != len(found) or not 1 <= needed <= of:
            raise ValueError(f'how_many is "{self.how_many}", and who names {len(found)} people; that cannot be filled')
        return Stage(tuple(map(Person, found)), needed, None if self.level == "any" else RiskLevel(self.level))


def stages(
    approvals: Sequence[ApprovalTable], approver: str, deputies: Sequence[str], groups: Mapping[str, Sequence[str]]
) -> tuple[Stage, ...]:
    """The stages that the tables say. Raises ValueError as above."""
    known = {**groups, "approver": [approver], "deputies": deputies}
    return tuple(each.stage(known) for each in approvals)
