"""An incident, as affected people and as those who take over read it."""

from pathlib import Path

from changes.model import State
from tests.support.days import card_with, in_an_incident, moment
from tests.support.running import CHANGE, Bot
from tests.support.said import body, mails, notices, posts
from tests.support.teams import NADIA, PIERRE, shown, verbs

UPDATE = "ISC Learn Platform: Incident update"


async def restore(bot: Bot, fault: str) -> None:
    """The restore is asked for and confirmed, and meets that fault at the provider."""
    await in_an_incident(bot)
    await bot.type(NADIA, f"/change restore {CHANGE}")
    bot.provider.inject_fault(fault, on="restore")
    await bot.type(PIERRE, f"/change confirm {CHANGE} Hannibal")


async def test_a_restore_that_was_announced_and_refused_is_taken_back_without_the_providers_words(
    bot: Bot, tmp_path: Path
) -> None:
    await restore(bot, "forbidden")
    announced, taken_back = mails(tmp_path, "isc-learn")[-2:]
    assert "We are putting the data back to how it was on Thu 15 Apr 2027, 19:15 (CEST)." in body(announced)
    assert "will not be put back for now, although we announced it: what was entered since is still there." in body(
        taken_back
    )
    assert posts(bot, "Infomaniak says: “Access to this resource is denied.”"), "in the thread it is of use"
    assert not any("Infomaniak" in body(mail) for mail in mails(tmp_path, "isc-learn"))
    assert not any("Infomaniak" in post for post in posts(bot) if UPDATE in post)


async def test_a_restore_that_failed_goes_to_the_incident_process_and_is_said_once_to_those_who_take_over(
    bot: Bot, tmp_path: Path
) -> None:
    await restore(bot, "restore-fails")
    await bot.advance(moment(4, 15, 23, 11))
    [failed] = posts(bot, "The hypervisor gave up”")
    assert failed.startswith(
        "15.04. 23:10 <at>Pierre André</at>, <at>Claire Rey</at> and <at>Nadia Favre</at>: the restore"
    )
    assert "is now handled as an incident; we cannot say yet how long it will take." in body(
        mails(tmp_path, "isc-learn")[-1]
    )
    assert not any("hypervisor" in body(mail) for mail in mails(tmp_path, "isc-learn"))


async def test_an_incident_is_told_truly_and_once_stands_ready_for_who_takes_over_and_is_resolved_on_its_own_card(
    bot: Bot, tmp_path: Path
) -> None:
    await in_an_incident(bot)
    told = body(mails(tmp_path, "isc-learn")[-1])
    assert "Something went wrong during the maintenance of Thu 15 Apr 2027, 22:00–23:30 (CEST)" in told
    assert "longer than expected" not in told, "it is 22:40"
    await bot.type(NADIA, f"/change restore {CHANGE}")
    assert posts(bot, "Incident process prepared") == []
    assert "everything entered since Thu 15 Apr 2027, 19:15 (CEST) is overwritten" in card_with(bot, "restore.confirm")
    await bot.type(PIERRE, f"/change confirm {CHANGE} Hannibal")
    [prepared] = posts(bot, "Incident process prepared")
    assert "The data is being restored." in prepared
    assert "Nobody can log in." in prepared
    assert "https://wiki.example.ch/processes/incident" in str(
        [call.message.card for call in bot.teams.calls if "Incident process prepared" in str(call.message.card)]
    )
    await bot.advance(moment(4, 15, 23, 42))
    await bot.type(NADIA, f"/change incident {CHANGE} Courses are still empty.")
    assert notices(bot) == [
        "15.04. 22:40 ISC Learn Platform: Incident",
        f"15.04. 22:40 {UPDATE}",
        f"15.04. 23:42 {UPDATE}",
    ]
    card = bot.teams.with_button("incident.update")
    assert shown(card.card).count("Courses are still empty.") == 1
    assert posts(bot, "Courses are still empty.") == [], "nor is the reason given twice in the thread"
    assert "incident.close" not in verbs(card.card)
    await bot.press(NADIA, "incident.update", reason="We know why.", comment="Luc pulled the cable.")
    assert "We know why." in body(mails(tmp_path, "isc-learn")[-1])
    assert not posts(bot, "Luc pulled the cable.")
    await bot.press(NADIA, "incident.tried", result="fix", comment="The cable is back.")
    for test in ("0", "1"):
        await bot.press(NADIA, "test.result", test=test, result="pass")
    assert "Every test passed: *Resolve incident* tells everyone affected that it is over." in shown(card.card)
    await bot.press(NADIA, "incident.close")
    assert (await bot.change()).state is State.COMPLETED


async def test_a_hand_over_mentions_those_who_take_over_and_tells_affected_people_no_reason(
    bot: Bot, tmp_path: Path
) -> None:
    await in_an_incident(bot)
    await bot.advance(moment(4, 15, 23, 5))
    await bot.type(NADIA, f"/change handover {CHANGE} Only the supplier knows that database.")
    [handed] = posts(bot, "was handed over to the incident process.")
    assert "<at>Pierre André</at> and <at>Claire Rey</at>: " in handed
    assert "<at>Nadia Favre</at>" not in handed, "who handed it over"
    assert "Only the supplier knows" in handed
    assert not any("supplier" in body(mail) for mail in mails(tmp_path, "isc-learn"))
    assert "is now handled as an incident" in body(mails(tmp_path, "isc-learn")[-1])
