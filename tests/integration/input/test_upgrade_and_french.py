"""Questions that the version before has asked are answered, and whatever is refused or asked is so in French too."""

import re
from collections.abc import Mapping

import pytest

from changes.model import Change
from tests.support.french import english_in
from tests.support.running import FORM, Bot
from tests.support.talking import last, number, said
from tests.support.teams import EVERYBODY, NADIA, words

pytestmark = pytest.mark.asyncio(loop_scope="module")
KEY = f"personal-{NADIA.id}|{NADIA.id}"


async def open_before(bot: Bot, dialog: str, state: Mapping[str, object]) -> None:
    """A dialog as the version before left it in the store."""
    _, etag = await bot.unit.dialogs.load(KEY)
    await bot.unit.dialogs.save(KEY, {"stack": [{"id": dialog, "state": state}]}, etag)


@pytest.mark.parametrize(
    ("what", "typed", "answer"), [("cancel", "", "The vendor is late"), ("move", "16.3.2027 21:00", "90 users wait")]
)
async def test_a_question_of_the_version_before_is_answered(
    bot: Bot, change: Change, what: str, typed: str, answer: str
) -> None:
    asked = {"question": "Why?", "asked_at": bot.clock.now().isoformat()}
    await open_before(bot, "reason", {"change": change.id, "what": what, "typed": typed} | asked)

    heard = await said(bot, "help", answer)

    assert answer in str(await bot.change(change.id)), heard


ANSWERS = FORM | {"title": "An old one", "what": "The platform", "why": "", "date": "2028-03-02", "tests": "Log in"}
ANSWERS |= dict.fromkeys(("risks", "rollback"), "None known") | {"affected": "", "notify": ""}
FIELDS = (
    *("service", "title", "what", "why", "date", "time", "minutes", "tests", "risks", "rollback"),
    *("implementer", "affected", "notify", "kind", "reason"),
)
"""In the order in which the version before asked for them."""
ASKED = {
    "Title?": "An old one",
    "Description?": "The platform",
    "day": "2.3.2028",
    "At what time": "22:00",
    "Expected downtime?": "90",
    "Test plan?": "Log in",
}
"""What is answered to the question with these words; to any other nothing."""


@pytest.mark.parametrize("asking", [*FIELDS[1:], "summary"])
async def test_a_request_of_the_version_before_is_carried_on(bot: Bot, asking: str) -> None:
    before = FIELDS if asking == "summary" else FIELDS[: FIELDS.index(asking)]
    answers = {each: ANSWERS[each] for each in before}
    await open_before(bot, "request", {"change": "new", "revision": 0, "asking": asking, "answers": answers})

    heard = asked = await said(bot, "help")
    for _ in FIELDS:
        if "Review your request" in asked or "hand it in" in asked:
            break
        asked = await said(bot, next((ASKED[each] for each in ASKED if each in asked.splitlines()[-1]), "-"))
        heard += asked
    heard += await said(bot, "submit")

    drafted = re.findall(r"CHG-2027-\d{4}", heard)
    assert drafted, heard
    assert (await bot.change(drafted[-1])).plan.title == "An old one"
    await said(bot, "cancel", f"/change cancel {drafted[-1]} It is over")


# ── In French ──────────────────────────────────────────────────────────────────────────────────────────────────────

WRONG = {
    "service": ["nowhere", ""],
    "title": ["", "x" * 101],
    "what": ["", "x" * 1501],
    "why": ["x" * 501],
    "date": ["", "hier", "04/05/2027", "31.2.2027", "lundi 16.3.2027", "2027-03-01"],
    "time": ["", "25:00", "minuit", "24:00"],
    "minutes": ["", "2", "99999", "longtemps"],
    "tests": ["", "-", "x" * 151, "\n".join(f"Essai {n}" for n in range(13))],
    "risks": ["", "x" * 801],
    "rollback": ["", "x" * 801],
    "tasks": ["bientôt", "-2j", "2h manger", "-2j @Zoé: rien"],
    "implementer": ["Zoé"],
    "affected": ["x" * 301],
    "notify": ["personne", "a@x.ch " * 80, ", ".join(f"a{n}@x.ch" for n in range(25))],
    "kind": ["rapide"],
    "reason": ["x" * 301],
}
"""What each field refuses."""
RIGHT = {
    "title": "Mise à jour",
    "what": "La plateforme.",
    "why": "-",
    "date": "1.2.2028",
    "time": "22:00",
    "minutes": "90",
    "tests": "Se connecter",
    **dict.fromkeys(("risks", "rollback", "tasks", "implementer", "affected", "notify"), "-"),
    "kind": "urgence",
}
"""An answer to each question, in their order."""


async def test_every_refused_field_is_refused_in_french(bot: Bot) -> None:
    await bot.type(NADIA, "/change language fr")
    since = len(bot.teams.calls)
    answers: list[object] = []
    for field, wrong in WRONG.items():
        for each in wrong:
            await bot.type(NADIA, "/change new")
            answers.append(await bot.press(NADIA, "change.edit", **(FORM | {"notify": "", field: each})))
    await bot.type(NADIA, "/change nouveau")
    for field, right in RIGHT.items():
        for each in WRONG[field]:
            await bot.type(NADIA, each or "\u200b")
            if "?" not in last(bot):
                break
        await bot.type(NADIA, right)
    await said(bot, "-", "x" * 301)
    asked = last(bot)
    texts = {call.message.text for call in bot.teams.calls[since:]}
    texts |= {word for call in bot.teams.calls[since:] for word in words(call.message.card)}
    texts |= {word for each in answers for word in words(each["value"])}  # type: ignore[index]
    await said(bot, "annuler", "/change langue en")

    assert "Pourquoi" in asked, asked
    known = [*FORM.values(), *(each for wrong in WRONG.values() for each in wrong), "ISC Learn Platform new"]
    strays = english_in(texts - {""}, " ".join([*known, *(who.name for who in EVERYBODY)]))
    assert not strays, strays


async def test_every_correction_is_asked_for_in_french(bot: Bot, change: Change) -> None:
    n = number(change)
    await bot.type(NADIA, "/change language fr")
    texts = [
        await said(bot, f"prolonger {n}", "bientôt", "stop", f"déplacer {n}", "04/01/2028", "4.1.2028", "25:00", "non"),
        await said(bot, f"attribuer {n}", "intervenant", "Zoé", "rien", f"fini {n}", "avant", "laisse"),
        await said(bot, f"annuler {n}", "Test 2 échoué", f"voir {n}", f"annuler {n}", "non", "aide"),
    ]
    await said(bot, "/change langue en")

    strays = english_in(
        "\n".join(texts).split("\n"), " ".join([*FORM.values(), "ISC", "stop", *(e.name for e in EVERYBODY)])
    )
    assert not strays, strays
    assert not re.search(r"\b(REASON|NAME|TEXT|NOTE|KIND|the reason)\b", "".join(texts))
