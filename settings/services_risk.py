"""The tables of services.toml about the risk of a change, and about who has to decide about which."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PlainValidator

from changes.model import RISK_QUESTIONS, Person, RiskLevel, RiskQuestion, RiskRules, Stage, normalized_id
from changes.plan_fields import MOST_QUESTIONS
from settings import values
from settings.services_parts import PersonId, Strict, at_most, short_word, text, unique, whole

LONGEST_QUESTION, LONGEST_ANSWER, MOST_ANSWERS = 45, 24, 3
"""A form with all of them has room for what is wrong with each (cards/request/form.py)."""
MOST_STAGES, MOST_PEOPLE = 12, 20
_Points = Annotated[int, whole(0, 100)]


def _answer(value: object) -> str:
    found = values.one_line(value, LONGEST_ANSWER)
    if found.isdigit() or "@" in found:
        raise ValueError("an answer is no number, by which it is chosen, and no address; write words")
    return found


class QuestionTable(Strict):
    """A question about the risk."""

    ask: Annotated[str, text(LONGEST_QUESTION)] = Field(description="The question.")
    answers: dict[Annotated[str, PlainValidator(_answer)], _Points] = Field(
        min_length=2, max_length=MOST_ANSWERS, description='Two or three, with points: `{ "none" = 0, "all" = 3 }`.'
    )


class RiskTable(Strict):
    """How the risk of a change is assessed."""

    medium: _Points = Field(default=RiskRules().medium, description="Points from which on a risk is medium.")
    high: _Points = Field(default=RiskRules().high, description="Points from which on a risk is high: two decide then.")
    question: Annotated[list[QuestionTable], at_most(MOST_QUESTIONS)] = Field(
        default=[], description="The questions, up to five, in the place of the usual ones."
    )

    @property
    def rules(self) -> RiskRules:
        """What the table says."""
        own = tuple(RiskQuestion(each.ask, tuple(each.answers.items())) for each in self.question)
        return RiskRules(self.medium, self.high, own or RISK_QUESTIONS)


_Who = Annotated[str, text(60), AfterValidator(normalized_id)]
_Named = Annotated[list[PersonId], at_most(MOST_PEOPLE), AfterValidator(unique), Field(min_length=1)]
Groups = dict[Annotated[str, PlainValidator(short_word)], _Named]


class ApprovalTable(Strict):
    """Those who decide together about a change."""

    level: Literal["any", "low", "medium", "high"] = Field(
        default="any", description="About changes of which risk: `low`, `medium`, `high`, or `any`."
    )
    who: Annotated[list[_Who], at_most(MOST_PEOPLE), AfterValidator(unique)] = Field(
        min_length=1, description="Who: `approver`, `deputies`, names of `groups`, or Entra object ids."
    )
    how_many: Annotated[str, text(20)] = Field(
        default="any", description="How many of them have to agree: `any` for one, `all`, or like `2 of 3`."
    )

    def stage(self, groups: Mapping[str, Sequence[str]], stand_ins: Sequence[str]) -> Stage:
        """What the table says. Raises ValueError where it can never be filled.

        Where one answer is asked for and the approver may give it, one of the `stand_ins` may too.
        """
        for who in self.who:
            if who not in groups and not values.is_guid(who):
                raise ValueError(f"approval: {values.shown(who)} is no group and nobody's id; write it under groups")
        people = dict.fromkeys(one for who in self.who for one in groups.get(who, (who,)))
        count = len(people)
        asked = {"any": f"1 of {count}", "all": f"{count} of {count}"}.get(self.how_many, self.how_many)
        needed, _of, of = asked.partition(" of ")
        if not (needed.isdecimal() and of == str(count) and 1 <= int(needed) <= count):
            how = f'who names {count} people, and how_many is "{self.how_many}"'
            raise ValueError(f'approval: {how}; write "any", "all" or like "1 of {count}"')
        if int(needed) == 1 and groups["approver"][0] in people:
            people |= dict.fromkeys(stand_ins)
        return Stage(tuple(map(Person, people)), int(needed), None if self.level == "any" else RiskLevel(self.level))
