"""The settings of risk and approvals: what they become, and what is wrong with them, in sentences."""

from pathlib import Path

import pytest

from changes.model import RISK_QUESTIONS, Person, RiskLevel, RiskRules, Stage
from changes.policy import Service
from settings import SettingsError
from tests.unit.test_settings import ID, SERVICE, loaded, with_

OTHER, THIRD = ID.replace("1b", "2b"), ID.replace("1b", "3b")
TWO = with_(f'deputies = ["{OTHER}"]')
BOARD = f'[service.groups]\nboard = ["{OTHER}", "{THIRD}"]\n'


def service(tmp_path: Path, text: str) -> Service:
    return loaded(tmp_path, text).catalogue.services["learn"]


def approval(*lines: str) -> str:
    return "\n".join(("[[service.approval]]", *lines, ""))


def test_without_the_tables_there_is_no_risk_and_no_stage(tmp_path: Path) -> None:
    found = service(tmp_path, SERVICE)
    assert (found.risk, found.approvals) == (None, ())


def test_an_empty_table_asks_the_usual_questions_and_one_of_its_own_its_own(tmp_path: Path) -> None:
    assert service(tmp_path, TWO + "[service.risk]\n").risk == RiskRules(questions=RISK_QUESTIONS)
    own = '[service.risk]\nhigh = 6\n[[service.risk.question]]\nask = "Who is asleep?"\n'
    own += 'answers = { "all" = 0, "none" = 6 }\n'
    rules = service(tmp_path, TWO + own).risk
    assert rules is not None
    assert (rules.high, [each.ask for each in rules.questions]) == (6, ["Who is asleep?"])
    assert rules.questions[0].answers == (("all", 0), ("none", 6))


def test_stages_name_the_approver_the_deputies_groups_and_people(tmp_path: Path) -> None:
    text = TWO + "[service.risk]\n" + BOARD
    text += approval('level = "high"', 'who = ["approver"]')
    text += approval('level = "high"', 'who = ["board", "deputies"]', 'how_many = "2 of 2"')
    text += approval(f'who = ["{THIRD}", "approver"]', 'how_many = "all"')
    one, two, three = map(Person, (ID, OTHER, THIRD))
    assert service(tmp_path, text).approvals == (
        Stage((one,), 1, RiskLevel.HIGH),
        Stage((two, three), 2, RiskLevel.HIGH),
        Stage((three, one), 2, None),
    )


def test_a_deputy_whom_no_stage_names_stands_in_for_the_approver_where_one_answer_is_asked_for(tmp_path: Path) -> None:
    text = with_(f'deputies = ["{OTHER}", "{THIRD}"]')
    one, two, three = map(Person, (ID, OTHER, THIRD))
    alone = approval('who = ["approver"]')
    assert service(tmp_path, text + alone).approvals == (Stage((one, two, three)),)
    named = approval(f'who = ["{OTHER.upper()}"]')  # one answer of theirs does not fill both stages
    assert service(tmp_path, text + named + alone).approvals == (Stage((two,)), Stage((one, three)))
    both = approval(f'who = ["approver", "{OTHER}"]', 'how_many = "all"')
    assert service(tmp_path, text + both).approvals == (Stage((one, two), 2),)


RISK = "[service.risk]\n"
WRONG = {
    "nobody could be the second": (SERVICE + RISK, "approval: a high risk asks two people, and there is no deputy"),
    "levels without risk": (TWO + approval('level = "low"', 'who = ["approver"]'), "no risk is assessed"),
    "a group that there is not": (TWO + BOARD + approval('who = ["bord"]'), "'bord' is no group"),
    "an empty one": (SERVICE + approval('who = ["deputies"]'), "who names 0 people"),
    "more than there are": (TWO + BOARD + approval('who = ["board"]', 'how_many = "3 of 3"'), "who names 2 people"),
    "none": (TWO + BOARD + approval('who = ["board"]', 'how_many = "0 of 2"'), "who names 2 people"),
    "some": (TWO + BOARD + approval('who = ["board"]', 'how_many = "most"'), 'write "any", "all"'),
    "one answer": (TWO + RISK + '[[service.risk.question]]\nask = "A?"\nanswers = { x = 1 }\n', "write at least 2"),
    "four answers": (
        TWO + RISK + '[[service.risk.question]]\nask = "A?"\nanswers = { a = 1, b = 1, c = 1, d = 1 }\n',
        "at most 3",
    ),
    "a long question": (
        TWO + RISK + f'[[service.risk.question]]\nask = "{"A" * 46}"\nanswers = {{ a = 1, b = 1 }}\n',
        "write at most 45",
    ),
    "a long answer": (
        TWO + RISK + f'[[service.risk.question]]\nask = "A?"\nanswers = {{ {"a" * 25} = 1, b = 1 }}\n',
        "write at most 24",
    ),
    "a number for words": (
        TWO + RISK + '[[service.risk.question]]\nask = "A?"\nanswers = { "1" = 1, x = 2 }\n',
        "write words",
    ),
    "an unknown number": (TWO + RISK + "hihg = 9\n", "did you mean high?"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_is_said(tmp_path: Path, name: str) -> None:
    text, said = WRONG[name]
    with pytest.raises(SettingsError) as refused:
        loaded(tmp_path, text)
    assert said in str(refused.value)
    assert "learn: " in str(refused.value)
