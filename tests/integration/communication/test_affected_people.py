"""Who is asked, who is told, and what they read: the people a change names, its approver, and the days nobody works."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from changes.events import Entry, PlanEdited
from changes.lifecycle import evolve
from changes.model import Person, State
from changes.planning.timeline import timeline
from language import in_chat
from tests.integration.communication.test_cases_mail import ledger, services
from tests.support.days import moment
from tests.support.running import CHANGE, FORM, START, ZURICH, Bot, running
from tests.support.said import body, mails, reminders
from tests.support.teams import NADIA, PIERRE, actions, find_action, inputs_of, shown

DEANS, LIBRARY, APPROVER = "deans@example.ch", "library-desk@example.ch", "pierre.andre@example.ch"
LISTED = {"learn@example.ch", "hans@example.ch"}
"""Who is mailed about every change of the service."""
NAMED = {"notify": f"{DEANS}; {LIBRARY.upper()}, {DEANS.upper()}\nLearn@example.ch"}
"""Two people, one of them twice, and one who is mailed anyway."""
GO_DAY = moment(4, 8, 9)


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    approver = ('[service.vps]\nname = "Hannibal"', f'approver_mail = "{APPROVER}"\n[service.vps]\nname = "Hannibal"')
    path = services(tmp_path, "mail", approver, ('languages = ["en"]\napprover', 'languages = ["fr", "en"]\napprover'))
    async with running(tmp_path, START, CHANGE_SERVICES=path) as bot:
        yield bot


@pytest.fixture
async def by_teams(tmp_path: Path) -> AsyncIterator[Bot]:
    async with running(tmp_path, START, CHANGE_SERVICES=services(tmp_path, "teams")) as bot:
        yield bot


async def at_go(bot: Bot, **other: str) -> None:
    """GO is asked for a change that names people."""
    await bot.requested(NAMED | other)
    await bot.advance(moment(4, 1, 9))
    assert DEANS in shown(bot.teams.with_button("precheck.approve").card)
    await bot.press(PIERRE, "precheck.approve")
    await bot.advance(GO_DAY)


def addressed(folder: Path, subject: str) -> list[str]:
    """To whom the mails with that in their subject went."""
    return sorted(str(mail["To"]).casefold() for mail in mails(folder) if subject in str(mail["Subject"]))


async def test_whom_a_change_names_and_its_approver_get_every_notice_once_in_the_languages_of_the_service(
    bot: Bot, tmp_path: Path
) -> None:
    await at_go(bot)
    assert (await bot.change()).plan.notify == (DEANS, LIBRARY.upper())
    assert mails(tmp_path) == [], "nobody hears a date before GO"
    assert DEANS in shown(bot.teams.with_button("go.give").card)
    await bot.press(PIERRE, "go.give")
    await bot.advance(moment(4, 15, 22))
    await bot.press(NADIA, "window.start")
    everybody = sorted([*LISTED, APPROVER, DEANS, LIBRARY])
    for subject in ("Maintenance planifiée", "Rappel", "a commencé"):
        found = addressed(tmp_path, subject)
        assert found == [each for each in everybody if each != "hans@example.ch"], subject
    told = await ledger(bot)
    for kind in ("planned", "reminder", "start"):
        assert sorted(each.to.casefold() for each in told if each.notice == kind) == everybody
    [announced] = [m for m in mails(tmp_path) if m["To"] == DEANS and "planifiée" in str(m["Subject"])]
    assert "Planned maintenance" in body(announced)


async def test_who_is_named_stands_where_the_plan_stands_and_in_the_list_of_who_would_be_told(bot: Bot) -> None:
    summary = await bot.drafted(NAMED)
    assert f"Also informed | {DEANS} and {LIBRARY.upper()}" in shown(summary["value"])
    await bot.press(NADIA, "change.submit")
    seen = len(bot.teams.calls)
    await bot.type(NADIA, f"/change show {CHANGE}")
    assert any(DEANS in shown(call.message.card) for call in bot.teams.calls[seen:])
    await bot.type(NADIA, f"/change notice {CHANGE} planned")
    assert any(DEANS in text and APPROVER in text for text in bot.teams.texts())
    await bot.type(NADIA, f"/change list {in_chat(DEANS)}")  # as it is copied from a sentence
    assert FORM["title"] in shown(list(bot.teams.messages.values())[-1].card)


async def test_where_the_service_sends_no_mails_nobody_is_asked_for_and_an_address_is_refused(by_teams: Bot) -> None:
    await by_teams.type(NADIA, "/change new")
    await by_teams.press(NADIA, "change.edit", service="library", title="x")
    assert "notify" in inputs_of(by_teams.teams.with_button("change.edit").card), "this one does"
    await by_teams.press(NADIA, "change.edit", service="learn", title="x")
    assert "notify" not in inputs_of(by_teams.teams.with_button("change.edit").card)
    refused = await by_teams.press(NADIA, "change.edit", **(FORM | {"notify": DEANS}))
    assert "ISC Learn Platform sends no notices by mail, so nobody can be named here" in shown(refused["value"])
    assert "notify" in inputs_of(refused["value"]), "it can be taken out"
    summary = await by_teams.press(NADIA, "change.edit", **(FORM | {"notify": ""}))
    assert "change.submit" in str(summary["value"])
    await by_teams.type(NADIA, "/change new")
    for answer in ["learn", "Update", "All.", "-", "16.4.2027", "22h", "1h30", "Log in", *"----", "Closed."]:
        await by_teams.type(NADIA, answer)
    assert "Normal or emergency?" in by_teams.teams.texts()[-1]
    await by_teams.type(NADIA, "back")
    assert "User impact?" in by_teams.teams.texts()[-1]


async def test_of_several_services_the_chosen_ones_free_dates_are_shown_where_they_are_asked_for(by_teams: Bot) -> None:
    await by_teams.type(NADIA, "/change new")
    await by_teams.press(NADIA, "form.fill", title="Half of a title")
    form = by_teams.teams.with_button("form.fill").card or {}
    titles = [each["title"] for each in actions(form) if each["verb"] == "form.fill"]
    assert titles == ["Show free dates"], "no service is chosen yet"
    free = await by_teams.press(NADIA, "form.fill", title="Half of a title", service="learn")
    assert inputs_of(free["value"])["title"]["value"] == "Half of a title"
    assert "Free dates of ISC Learn Platform:" in shown(free["value"])
    filled = await by_teams.press(NADIA, "form.fill", title="Half of a title", service="learn")
    assert inputs_of(filled["value"])["date"]["value"] == "2027-04-05"


async def test_what_is_missing_or_wrong_is_said_beside_its_field_and_that_no_risk_is_known_is_an_answer(
    bot: Bot,
) -> None:
    answer = await bot.drafted({"notify": "deans@example.ch, the library"})
    assert "“the” is no e-mail address" in shown(answer["value"])
    assert FORM["what"] in str(answer["value"])
    many = ", ".join(f"{number}@example.ch" for number in range(21))
    answer = await bot.press(NADIA, "change.edit", **(FORM | {"notify": many}))
    assert "21 addresses are too many: name 20 at most" in shown(answer["value"])
    answer = await bot.press(NADIA, "change.edit", **(FORM | {"notify": "", "risks": " ", "rollback": ""}))
    said = shown(answer["value"])
    assert "Say what could go wrong; “none known” is a valid answer." in said
    assert "Say how to revert; “none known” is a valid answer." in said
    for name in ("title", "what", "why", "tests", "affected"):
        assert FORM[name] in str(answer["value"]) or repr(FORM[name])[1:-1] in str(answer["value"]), name
    assert await bot.stored() is None
    for locale, words_of_it in (("en-GB", "None known"), ("fr-CH", "Aucun connu")):
        bot.teams.locales["Nadia Favre"] = locale
        await bot.press(NADIA, "change.edit", **(FORM | {"risks": "none known", "rollback": "aucun"}))
        plan = (await bot.change()).plan
        assert (plan.risks, plan.rollback) == (words_of_it, words_of_it)
        await bot.type(NADIA, f"/change edit {CHANGE}")


async def test_a_date_that_is_chosen_on_a_form_that_was_closed_meanwhile_stands_in_the_one_that_opens(bot: Bot) -> None:
    await bot.type(NADIA, "/change new")
    form = bot.teams.with_button("form.fill")
    data = find_action(form.card or {}, "form.fill", {})["data"] | {"fill_date": "2027-04-06"}
    await bot.press(NADIA, "change.withdraw")
    opened = await bot.teams.execute(NADIA, "form.fill", data, form)  # nothing was entered, so nothing comes with it
    assert inputs_of(opened["value"])["date"]["value"] == "2027-04-06"


async def test_that_none_is_known_is_an_answer_to_the_questions_and_people_are_named_there(bot: Bot) -> None:
    await bot.type(NADIA, "/change new")
    typed = ["learn", "Update", "All of it.", "-", "15.4.2027", "22h", "1h30", "Log in", "", "-", "none", "-", "-", "-"]
    for answer in typed:
        await bot.type(NADIA, answer or "help")
    assert "Who else should be informed?" in bot.teams.texts()[-1]
    await bot.type(NADIA, "the deans")
    assert "“the” is no e-mail address" in bot.teams.texts()[-1]
    for answer in (f"{DEANS} {LIBRARY}", "normal", "-"):
        await bot.type(NADIA, answer)
    plan = (await bot.change()).plan
    assert (plan.risks, plan.rollback, plan.notify) == ("None known", "None known", (DEANS, LIBRARY))


async def test_a_change_from_before_they_were_required_is_moved_once_they_are_filled_in(bot: Bot) -> None:
    await bot.requested()
    await written_before(bot)
    await bot.type(NADIA, f"/change move {CHANGE} 2027-04-20 22:00")
    assert bot.teams.texts()[-1] == (
        "Say what could go wrong; “none known” is a valid answer. Say how to revert; “none known” is a valid answer. "
        f"`/change edit {CHANGE}` opens the plan: fill it in there, with the new date."
    )
    await bot.type(NADIA, f"/change edit {CHANGE}")
    await bot.press(NADIA, "change.edit", **(FORM | {"date": "2027-04-20", "risks": "-", "rollback": "-"}))
    assert (await bot.change()).plan.window.start.astimezone(ZURICH).date() == date(2027, 4, 20)
    await written_before(bot)
    await bot.advance(moment(4, 6, 9))
    assert reminders(bot, "Still missing: the risks and the rollback plan") == ["02.04. 09:00 Nadia"]
    await bot.press(PIERRE, "precheck.approve")
    await bot.advance(moment(4, 13, 9))
    await bot.press(PIERRE, "go.give")
    await bot.advance(moment(4, 20, 22))
    await bot.press(NADIA, "window.start")
    assert (await bot.change()).state is State.IN_PROGRESS, "it goes its way to the start all the same"


async def written_before(bot: Bot) -> None:
    """The change as an earlier version let it be handed in: without risks and without a rollback plan."""
    stored = await bot.unit.changes.load(CHANGE)
    assert stored is not None
    bare = replace(stored.change.plan, risks="", rollback="")
    by = Person(NADIA.object_id, NADIA.name)
    edited = Entry(stored.version + 1, bot.clock.now(), by, "test", PlanEdited(bare, short_notice=False))
    change = evolve(stored.change, edited)
    steps = timeline(change, bot.app.catalogue.service("learn"))
    await bot.unit.changes.save(change, stored.version, [edited], steps, (), bot.clock.now())


async def test_the_pre_check_is_asked_for_on_the_working_day_before_a_closed_day(tmp_path: Path) -> None:
    days = "closed = [2027-04-01, {from = 2027-03-30, to = 2027-03-31}]"
    closed = ('timezone = "Europe/Zurich"\n', f'timezone = "Europe/Zurich"\n{days}\n')
    zone = ('key = "learn"\n', 'key = "learn"\ntimezone = "Europe/Zurich"\n')
    path = services(tmp_path, "mail", zone, closed)
    async with running(tmp_path, START, CHANGE_SERVICES=path) as bot:
        await bot.requested()
        await bot.advance(datetime(2027, 3, 29, 8, 59, tzinfo=ZURICH))
        assert (await bot.change()).state is State.SUBMITTED
        await bot.advance(moment(3, 29, 9))
        assert (await bot.change()).state is State.PRECHECK_PENDING


async def test_what_is_said_of_an_issue_stays_in_the_thread_and_what_people_read_is_asked_for_as_such(
    bot: Bot, tmp_path: Path
) -> None:
    within, public = "Luc pulled the wrong cable.", "Courses open slowly."
    await at_go(bot)
    await bot.press(PIERRE, "go.give")
    await bot.advance(moment(4, 15, 22))
    await bot.press(NADIA, "window.start")
    await bot.press(NADIA, "trouble.report", comment=within)
    assert any(within in text for text in bot.teams.texts())
    # A client that sends every field of the card with every button.
    told = {"extension_fr": "Les cours s’ouvrent lentement.", "extension_en": public}
    await bot.press(NADIA, "window.extend", extra_minutes="30", reason=within, comment=within, **told)
    bodies = [body(mail) for mail in mails(tmp_path)]
    for said in told.values():
        assert any(said in each for each in bodies)
    assert not any(within in each for each in bodies)
    await bot.press(NADIA, "incident.declare", incident=within, incident_start_fr="Personne ne peut se connecter.")
    bodies = [body(mail) for mail in mails(tmp_path)]
    assert any("Personne ne peut se connecter." in each for each in bodies)
    assert any("We are looking for the cause." in each for each in bodies), "in the other language its own sentence"
    assert not any(within in each for each in bodies)


async def test_who_is_named_after_the_announcement_reads_it_with_the_new_go_and_nobody_reads_it_twice(
    bot: Bot, tmp_path: Path
) -> None:
    await bot.scheduled()
    before = addressed(tmp_path, "Maintenance planifiée")
    await bot.type(NADIA, f"/change edit {CHANGE}")
    await bot.press(NADIA, "change.edit", **(FORM | {"notify": DEANS}))
    await bot.press(PIERRE, "precheck.approve")
    await bot.settle()
    await bot.press(PIERRE, "go.give")
    assert addressed(tmp_path, "Maintenance planifiée") == sorted([*before, DEANS])
    late = "late@example.ch"
    await bot.type(NADIA, f"/change edit {CHANGE}")
    await bot.press(NADIA, "change.edit", **(FORM | {"date": "2027-04-20", "notify": f"{DEANS} {late}"}))
    await bot.type(NADIA, f"/change cancel {CHANGE} The vendor withdrew it.")
    assert {str(mail["To"]) for mail in mails(tmp_path)} == {*LISTED, APPROVER, DEANS}, (
        "nothing is taken back from them"
    )
