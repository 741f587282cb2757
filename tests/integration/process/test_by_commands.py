"""A whole change without one button: everything is typed, in English or French, in the personal chat or a channel."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from unicodedata import combining, normalize

import pytest

from changes.lifecycle.guards import STATE_PHRASES
from changes.model import Outcome, State, TestResult
from dialogs.request_answers import QUESTIONS
from language import translate, use_language
from tests.support.days import moment
from tests.support.running import CHANGE, FORM, START, Bot, running
from tests.support.services import ON_THE_DASHBOARD, demo_services
from tests.support.teams import CHANNEL, CLAIRE, LUC, NADIA, PIERRE, Somebody, actions, verbs, words

THREAD = f"{CHANNEL};messageid=7"
FRENCH: Mapping[str, str] = dict(
    pair.split("=")
    for line in (
        "new=nouveau submit=soumettre correct=corriger move=déplacer approve=approuver go=go started=commencé",
        "failed=échoué retry=réessayer finished=fini start=démarrer test=tester trouble=problème solved=résolu",
        "extend=prolonger incident=incident tried=essayé update=informer restore=restaurer confirm=confirmer",
        "restored=restauré done=terminer review=bilan",
    )
    for pair in line.split()
)
FRENCH_ARGUMENTS: Mapping[str, str] = {
    "pass": "réussi",
    "fail": "échec",
    "all": "tous",
    "data": "données",
    "fix": "correction",
    "files": "fichiers",
}


@dataclass(slots=True)
class Talk:
    """How one conversation is held: in which language, with accents or without, and where."""

    bot: Bot
    language: str = "en"
    accents: bool = True
    where: str = "personal"

    @property
    def way(self) -> str:
        return f"{self.language} {self.accents} {self.where}"

    async def order(self, who: Somebody, verb: str, argument: str = "", about: str = "1") -> None:
        """Type a command about the change."""
        line = f"/change {verb} {about} {argument}".strip()
        if self.language == "fr":
            line = f"/changement {FRENCH[verb]} {about} {self._in_french(argument)}".strip()
        await self.say(who, line if self.accents else bare(line))

    async def say(self, who: Somebody, text: str) -> None:
        """Type whatever it is, and wait for what comes of it."""
        await self.bot.type(who, text, self.where)

    async def done(self, who: Somebody, verb: str, argument: str, state: State, about: str = "1") -> str:
        """Type a command that has to work: the answer says where the change stands now."""
        before = len(self.bot.teams.calls)
        await self.order(who, verb, argument, about)
        return await self.stands(state, before)

    async def stands(self, state: State, before: int) -> str:
        """The answer to what was typed last: it says where the change stands."""
        texts = [call.message.text for call in self.bot.teams.calls[before:] if call.message.text]
        assert (await self.bot.change()).state is state, texts
        with use_language(self.language):
            end = f"{CHANGE} {translate(STATE_PHRASES[state])}."
        found = [text for text in texts if end in text]
        assert found, (end, texts)
        return found[-1]

    def heard(self) -> str:
        """What was said last."""
        return self.bot.teams.texts()[-1]

    @staticmethod
    def _in_french(argument: str) -> str:
        return " ".join(FRENCH_ARGUMENTS.get(word, word) for word in argument.split(" "))


def bare(text: str) -> str:
    """The text without accents, as on a keyboard that has none."""
    return "".join(each for each in normalize("NFD", text) if not combining(each))


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    """The service's snapshots are taken by hand, on the dashboard: the most there is to be said."""
    async with running(tmp_path, START, CHANGE_SERVICES=demo_services(tmp_path, ON_THE_DASHBOARD)) as bot:
        yield bot


async def requested(talk: Talk) -> None:
    """The questions answered one by one, and submitted by a command."""
    await talk.order(NADIA, "new", about="")
    for question in QUESTIONS[1:]:  # there is one service only
        await talk.say(NADIA, FORM.get(question.field) or "-")
    await talk.done(NADIA, "submit", "", State.SUBMITTED)
    await talk.say(NADIA, "yes")
    assert (await talk.bot.change()).state is State.SUBMITTED, "no question is open any more"


async def scheduled(talk: Talk) -> None:
    """Corrections, another date, pre-check and GO."""

    async def walk() -> None:
        await requested(talk)
        await talk.bot.advance(moment(4, 1, 9))
        before = len(talk.bot.teams.calls)
        await talk.order(PIERRE, "correct")
        await talk.say(PIERRE, "The exams are on the 15th.")
        await talk.stands(State.CORRECTIONS_REQUESTED, before)
        await talk.done(NADIA, "move", "2027-04-16 22:00 90", State.PRECHECK_PENDING)
        await talk.done(PIERRE, "approve", "Better.", State.PRECHECKED)
        await talk.bot.advance(moment(4, 9, 9))
        await talk.done(PIERRE, "go", "Good luck.", State.SCHEDULED)

    await talk.bot.reach(f"scheduled by commands, {talk.way}", walk)


async def started(talk: Talk) -> None:
    """The snapshot fails once, and is there in time."""

    async def walk() -> None:
        await scheduled(talk)
        await talk.bot.advance(moment(4, 16, 19, 16))
        await talk.done(NADIA, "started", "", State.SNAPSHOTTING)
        await talk.done(NADIA, "failed", "There is no room.", State.SNAPSHOTTING)
        await talk.done(NADIA, "retry", "", State.SNAPSHOTTING)
        await talk.done(NADIA, "started", "", State.SNAPSHOTTING)
        await talk.bot.advance(moment(4, 16, 21, 55))
        await talk.done(NADIA, "finished", "before-v5 data", State.READY)
        await talk.bot.advance(moment(4, 16, 22))
        await talk.done(NADIA, "start", "", State.IN_PROGRESS)

    await talk.bot.reach(f"started by commands, {talk.way}", walk)


async def at_the_incident(talk: Talk) -> None:
    """A test fails, more time does not help."""

    async def walk() -> None:
        await started(talk)
        await talk.done(NADIA, "test", "1 pass", State.IN_PROGRESS)
        await talk.done(NADIA, "test", "2 fail Nobody can hand in.", State.IN_PROGRESS)
        await talk.done(NADIA, "trouble", "The import stopped.", State.TROUBLE)
        await talk.done(NADIA, "solved", "", State.IN_PROGRESS)
        await talk.done(NADIA, "extend", "45 min The import is slow.", State.EXTENDED)
        extension = (await talk.bot.change()).extensions[-1]
        assert (extension.minutes, extension.reason) == (45, "The import is slow.")
        before = len(talk.bot.teams.calls)
        await talk.order(NADIA, "incident")
        await talk.say(NADIA, "Nobody can log in.")
        await talk.stands(State.INCIDENT, before)
        await talk.done(NADIA, "tried", "fix Restarted: the same.", State.INCIDENT)
        await talk.done(NADIA, "tried", "files The configuration of yesterday: the same.", State.INCIDENT)

    await talk.bot.reach(f"at_the_incident by commands, {talk.way}", walk)


WAYS = [
    pytest.param("en", True, "personal", id="in English, in the personal chat"),
    pytest.param("fr", True, "personal", id="in French, in the personal chat"),
    pytest.param("fr", False, "personal", id="in French without accents"),
    pytest.param("en", True, THREAD, id="in a channel, with the mention"),
]


@pytest.mark.parametrize(("language", "accents", "where"), WAYS)
async def test_a_bad_day_is_carried_to_its_review_by_commands_only(
    bot: Bot, language: str, accents: bool, where: str
) -> None:
    if language == "fr":
        bot.teams.locales |= {who.name: "fr-CH" for who in (NADIA, PIERRE)}
    talk = Talk(bot, language, accents, where)
    await at_the_incident(talk)
    await talk.done(NADIA, "update", "We restore the data of yesterday.", State.INCIDENT)
    await talk.done(NADIA, "restore", "", State.INCIDENT)
    await talk.done(PIERRE, "confirm", "Hannibal", State.RESTORING)
    await bot.advance(moment(4, 16, 23, 55))
    await talk.done(NADIA, "restored", "", State.IN_PROGRESS)
    await talk.done(NADIA, "test", "all pass", State.IN_PROGRESS)
    await talk.done(NADIA, "done", "", State.COMPLETED)
    await bot.advance(moment(4, 19, 9))
    await talk.done(NADIA, "review", "Next time with more time for the import.", State.COMPLETED)
    change = await bot.change()
    assert (change.outcome, change.review) == (Outcome.ROLLED_BACK, "Next time with more time for the import.")
    assert await bot.unit.outbox.dead() == ()
    history = await bot.unit.changes.history(CHANGE)
    assert {entry.via for entry in history} <= {"chat", "timeline"}, "no button was pressed"


async def test_an_incident_is_handed_over_and_closed_with_an_accepted_test_by_commands_only(bot: Bot) -> None:
    talk = Talk(bot)
    await at_the_incident(talk)
    await talk.done(NADIA, "handover", "Nobody here knows why.", State.INCIDENT)
    await talk.done(NADIA, "test", "1 pass", State.INCIDENT)
    await talk.done(NADIA, "test", "2 fail Still nobody can hand in.", State.INCIDENT)
    await talk.order(NADIA, "close")
    assert (await bot.change()).state is State.INCIDENT, "a failed test ends nothing"
    before = len(bot.teams.calls)
    await talk.order(PIERRE, "accept", "2")
    assert talk.heard().startswith(f"Why may {CHANGE} end although this test did not pass? People affected read")
    await talk.say(PIERRE, "Hand in by mail until Monday.")
    await talk.stands(State.INCIDENT, before)
    await talk.order(NADIA, "test")
    assert "(failed, accepted)" in talk.heard()
    await talk.done(NADIA, "close", "", State.COMPLETED)


async def test_a_restore_that_failed_on_the_dashboard_is_said_by_a_command(bot: Bot) -> None:
    talk = Talk(bot)
    await at_the_incident(talk)
    assert any(f"{CHANGE} ends Sat 17 Apr 2027, 00:15 (CEST) now" in text for text in bot.teams.texts()), "by 45 min"
    answer = await talk.done(NADIA, "restore", "", State.INCIDENT)
    assert "A second person must confirm it" in answer
    assert f"`/change confirm {CHANGE} Hannibal`" in answer
    await talk.order(PIERRE, "confirm", "Hasdrubal")
    assert (await bot.change()).state is State.INCIDENT
    before = len(bot.teams.calls)
    await talk.order(PIERRE, "confirm")
    assert talk.heard().startswith("Type Hannibal to confirm the restore")
    await talk.say(PIERRE, "Hannibal")
    await talk.stands(State.RESTORING, before)
    await talk.done(NADIA, "notrestored", "The dashboard says: no such snapshot.", State.INCIDENT)


async def test_without_a_snapshot_or_without_this_window_by_commands_only(bot: Bot) -> None:
    talk = Talk(bot)
    await scheduled(talk)
    await bot.advance(moment(4, 16, 19, 16))
    await talk.done(PIERRE, "waive", "The backup of this morning is enough.", State.READY)
    before = len(bot.teams.calls)
    await talk.order(NADIA, "postpone")
    assert talk.heard().startswith(f"Why is {CHANGE} postponed? Your answer stays in the thread.")
    await talk.say(NADIA, "Nobody is here.")
    await talk.stands(State.POSTPONED, before)
    before = len(bot.teams.calls)
    await talk.order(NADIA, "cancel")
    await talk.say(NADIA, "cancel")
    assert talk.heard() == f"Nothing was changed in {CHANGE}."
    await talk.done(NADIA, "cancel", "It is not needed.", State.CANCELLED)


async def test_every_test_is_recorded_by_its_number_and_the_command_alone_shows_the_numbers(bot: Bot) -> None:
    talk = Talk(bot)
    await started(talk)
    await talk.order(NADIA, "restore")
    assert "declare an incident first" in talk.heard()
    await talk.order(NADIA, "test")
    listed = talk.heard()
    assert f"**Tests of {CHANGE}**" in listed
    assert "**1** Log in as a teacher (no result yet)" in listed
    assert f"`/change test {CHANGE} 1 pass`" in listed
    assert "No result yet: 1." in await talk.done(NADIA, "test", "2 fail The page stays empty.", State.IN_PROGRESS)
    await talk.order(NADIA, "test")
    assert "**2** Open a course and hand in an exercise (failed)" in talk.heard()
    for wrong, answer in {
        "3 pass": "Say which test by its number, from 1 to 2",
        "0 pass": "Say which test by its number, from 1 to 2",
        "pass": "Say which test by its number, from 1 to 2",
        "²": "Say which test by its number, from 1 to 2",
        "1": f"Say how test 1 went: `/change test {CHANGE} 1 pass`",
        "1 perhaps": f"Say how test 1 went: `/change test {CHANGE} 1 pass`",
        "all": "Only *pass* is recorded for all tests at once",
        "all fail": "Only *pass* is recorded for all tests at once",
    }.items():
        await talk.order(NADIA, "test", wrong)
        assert answer in talk.heard(), wrong
    said_then = await talk.done(NADIA, "test", "all pass", State.IN_PROGRESS)
    assert said_then.startswith("All tests without a result passed. Failed: 2.")
    results = (await bot.change()).tests
    assert [isinstance(each, TestResult) and each.passed for each in results] == [True, False]
    await talk.order(NADIA, "test", "all pass")
    assert f"Every test of {CHANGE} has a result already." in talk.heard()
    await talk.done(NADIA, "test", "#2 ok", State.IN_PROGRESS)
    await talk.done(NADIA, "done", "", State.COMPLETED)


async def test_what_a_command_cannot_do_without_is_asked_for_and_taken_as_it_is_answered(bot: Bot) -> None:
    talk = Talk(bot)
    await scheduled(talk)
    await bot.advance(moment(4, 16, 19, 16))
    await talk.done(NADIA, "started", "", State.SNAPSHOTTING)
    await bot.advance(moment(4, 16, 19, 26))
    await talk.order(NADIA, "finished", "before-v5 system")
    assert "Only a snapshot of the data can be restored" in talk.heard()
    await talk.order(NADIA, "finished", "before-v5 data")
    assert f"`/change finished {CHANGE} before-v5 data checked`" in talk.heard(), "it ended too early"
    assert (await bot.change()).state is State.SNAPSHOTTING
    await bot.advance(moment(4, 16, 21, 55))
    await talk.order(NADIA, "finished")
    assert talk.heard().startswith("What is the snapshot's name, and what does it hold?")
    await talk.say(NADIA, "before-v5")
    assert "Say what the snapshot is of, behind its name" in talk.heard()
    await talk.say(NADIA, "before v5 data")
    change = await bot.change()
    assert (change.state, change.snapshot.name) == (State.READY, "before v5")
    await talk.order(NADIA, "trouble")
    assert "leaves it as it is" not in talk.heard(), "a change that has not begun is refused before anything is asked"


WRONG = (
    ("tried 1 wishing", "there is no incident"),
    ("assign 1", "Say what is handed over, and to whom: `/change assign"),
    ("assign 1 approver Luc", "Say what is handed over, and to whom: `/change assign"),
    ("assign 1 implementer Zoé", "I have not met “Zoé” yet. Name somebody I know"),
    ("assign 1 implementer a", "Several people are called that: "),
    ("move 1 tomorrow", "Add the time, for example"),
    ("move 1 2027-05-01 late", "Give the time like 22:00"),
    ("finished", "Say which change: `/change finished CHG-…`"),
    ("extend 1 soon", "only a change that is in progress can be extended"),
    ("approve 99", "There is no change CHG-2027-0099."),
)


WRONG_AT_WORK = (
    ("accept 1", "Say which test by its number, from 1 to 2"),
    ("accept 1 seven", "Say which test by its number, from 1 to 2"),
    ("extend 1 soon", "Say how much and why"),
)
WRONG_IN_AN_INCIDENT = (("tried 1 wishing", "Give the action and its result: `/change tried"),)


async def test_a_wrong_word_is_answered_with_what_to_type(bot: Bot) -> None:
    await bot.requested()
    await _answered_with(bot, NADIA, WRONG)


async def test_a_wrong_word_at_work_and_in_an_incident_is_answered_with_what_to_type(bot: Bot) -> None:
    await bot.ready()
    await bot.type(NADIA, "/change started 1")
    await bot.type(NADIA, "/change finished 1 before-v5 data checked")
    await bot.type(NADIA, "/change start 1")
    await bot.type(NADIA, "/change test 1 1 fail It hangs.")
    await _answered_with(bot, PIERRE, WRONG_AT_WORK)
    await bot.type(NADIA, "/change incident 1 Nobody can log in.")
    await _answered_with(bot, NADIA, WRONG_IN_AN_INCIDENT)


async def _answered_with(bot: Bot, who: Somebody, wrong: tuple[tuple[str, str], ...]) -> None:
    before = await bot.change()
    for line, answer in wrong:
        await bot.type(who, f"/change {line}")
        assert answer in bot.teams.texts()[-1], line
        await bot.type(who, "no")
    assert await bot.change() == before


async def shown(bot: Bot, who: Somebody, where: str = "personal") -> list[set[str]]:
    """The verbs of the buttons on each card that show sends."""
    since = len(bot.teams.calls)
    await bot.type(who, f"/change show {CHANGE}", where)
    cards = [call.message.card for call in bot.teams.calls[since:] if call.message.card]
    return [set(verbs(card)) - {"card.refresh"} for card in cards]


async def test_show_gives_each_person_the_card_that_they_can_act_on_in_a_list_too(bot: Bot) -> None:
    await bot.at_go()
    overview, card = await shown(bot, PIERRE)
    assert (overview, card) == (set(), {"go.give", "go.refuse"})
    assert "Planned maintenance" in " ".join(words(bot.teams.calls[-1].message.card)), "with what GO would send"
    overview, card = await shown(bot, NADIA)
    assert (overview, card) == (set(), {"change.edit", "change.withdraw"})
    assert await shown(bot, LUC) == [set()], "he has no part in it"
    assert await shown(bot, LUC, THREAD) == [{"look"}], "among others the change's own card is the one with buttons"
    answer = await bot.teams.press(PIERRE, "look")
    assert {"go.give", "go.refuse"} <= set(verbs(answer["value"])), "whoever presses gets them alone"
    for who in (PIERRE, LUC):
        await bot.type(PIERRE, "/change mine")
        since = len(bot.teams.calls)
        answer = await bot.teams.press(who, "look")
        assert ({"go.give", "go.refuse"} <= {each.get("verb") for each in actions(answer["value"])}) is (who is PIERRE)
        assert len(bot.teams.calls) == since, "one card, in place of the list"
        assert who is PIERRE or "What happened" in words(answer["value"])


async def test_a_button_of_a_card_that_show_sent_acts_is_refreshed_in_place_and_edits_the_shared_card(bot: Bot) -> None:
    await bot.at_go()
    await shown(bot, CLAIRE)
    mine = list(bot.teams.messages.values())[-1]
    assert mine.conversation == f"personal-{CLAIRE.id}"
    since = len(bot.teams.calls)
    answer = await bot.teams.press(CLAIRE, "go.give", on=mine)
    await bot.settle()
    assert (await bot.change()).state is State.SCHEDULED
    assert "Claire Rey" in " ".join(words(answer["value"]))
    edited = [call.message for call in bot.teams.calls[since:] if call.kind == "edit"]
    assert any("Claire Rey" in " ".join(words(each.card)) for each in edited if each.conversation.startswith(CHANNEL))
    assert not any(call.message.card for call in bot.teams.calls[since:] if call.kind == "post")


async def test_show_of_a_draft_has_its_buttons_again(bot: Bot) -> None:
    await bot.drafted()
    await bot.type(NADIA, "cancel later")
    overview, card = await shown(bot, NADIA)
    assert (overview, card) == (set(), {"change.submit", "change.edit", "change.withdraw"})
    await bot.press(NADIA, "change.submit")
    assert (await bot.change()).state is State.SUBMITTED
