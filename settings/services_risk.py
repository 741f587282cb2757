"""The tables of services.toml about the risk of a change, and about who has to decide about which."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PlainValidator

from changes.model import Person, RiskLevel, Stage
from changes.model.risk_rules import QUESTIONS, RiskQuestion, RiskRules
from changes.plan_fields import MOST_QUESTIONS
from settings import values
from settings.services_parts import PersonId, Strict, at_most, short_word, text, unique, whole

MOST_POINTS = 100
LONGEST_QUESTION, LONGEST_ANSWER, MOST_ANSWERS = 45, 24, 3
"""A form with all of them has room for what is wrong with each (cards/request/form.py)."""
MOST_STAGES, MOST_PEOPLE = 12, 20
_USUAL = RiskRules()
_Points = Annotated[int, whole(0, MOST_POINTS)]


def _answer(value: object) -> str:
    found = values.one_line(value, LONGEST_ANSWER)
    if found.isdigit():
        raise ValueError("that is a number, by which answers are chosen; write words")
    return found


class QuestionTable(Strict):
    """A question about the risk."""

    ask: Annotated[str, text(LONGEST_QUESTION)] = Field(description="The question.")
    answers: dict[Annotated[str, PlainValidator(_answer)], _Points] = Field(
        min_length=2,
        max_length=MOST_ANSWERS,
        description='Its answers, two or three, each with its points: `{ "nobody" = 0, "everybody" = 3 }`.',
    )


class RiskTable(Strict):
    """How the risk of a change is assessed."""

    medium: _Points = Field(default=_USUAL.medium, description="Points from which on a risk is medium.")
    high: _Points = Field(
        default=_USUAL.high, description="Points from which on a risk is high: two people decide then."
    )
    question: Annotated[list[QuestionTable], at_most(MOST_QUESTIONS)] = Field(
        default=[], description="The questions, up to five, in the place of the usual ones."
    )

    @property
    def rules(self) -> RiskRules:
        """What the table says."""
        own = tuple(RiskQuestion(each.ask, tuple(each.answers.items())) for each in self.question)
        return RiskRules(self.medium, self.high, own or QUESTIONS)


def _how_many(value: object) -> str:
    found = values.one_line(value, 20)
    if not re.fullmatch(r"any|all|[0-9]{1,2} of [0-9]{1,2}", found):
        raise ValueError('write "any", "all" or how many of how many, like "2 of 3"')
    return found


_Named = Annotated[list[PersonId], at_most(MOST_PEOPLE), AfterValidator(unique), Field(min_length=1)]
Groups = dict[Annotated[str, PlainValidator(short_word)], _Named]


class ApprovalTable(Strict):
    """Those who decide together about a change."""

    level: Literal["any", "low", "medium", "high"] = Field(
        default="any", description="About changes of which risk: `low`, `medium`, `high`, or `any`."
    )
    who: Annotated[list[Annotated[str, text(60)]], at_most(MOST_PEOPLE), AfterValidator(unique)] = Field(
        min_length=1, description="Who: `approver`, `deputies`, names of `groups`, or Entra object ids."
    )
    how_many: Annotated[str, PlainValidator(_how_many)] = Field(
        default="any", description="How many of them have to agree: `any` for one, `all`, or like `2 of 3`."
    )

    def stage(self, groups: Mapping[str, Sequence[str]]) -> Stage:
        """What the table says. Raises ValueError where it can never be filled."""
        for who in self.who:
            if who not in groups and not values.is_guid(who):
                raise ValueError(
                    f"approval: who names {values.shown(who)}; that is no group and nobody's id; write it under groups"
                )
        people = dict.fromkeys(Person(one) for who in self.who for one in groups.get(who, (who,)))
        count = len(people)
        asked = {"any": f"1 of {count}", "all": f"{count} of {count}"}.get(self.how_many, self.how_many)
        needed, of = map(int, asked.split(" of "))
        if of != count or not 1 <= needed <= of:
            raise ValueError(
                f'approval: how_many is "{self.how_many}", and who names {count} people; that cannot be filled'
            )
        return Stage(tuple(people), needed, None if self.level == "any" else RiskLevel(self.level))
