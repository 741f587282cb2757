"""Who may not, too late, twice, or from an old card: a sentence for that person, and nothing changes."""

from changes.model import Change, State
from tests.support.days import moment
from tests.support.running import CHANGE, FORM, Bot
from tests.support.teams import CLAIRE, PIERRE

MESSAGE = "application/vnd.microsoft.activity.message"
CARD = "application/vnd.microsoft.card.adaptive"


async def stored(bot: Bot) -> tuple[Change, int]:
    async with bot.app.store.units() as unit:
        found = await unit.changes.load(CHANGE)
    assert found is not None
    return found.change, found.version


async def test_a_requester_cannot_approve_their_own_change_even_as_a_deputy(bot: Bot) -> None:
    await bot.type(CLAIRE, "/change new")
    await bot.press(CLAIRE, "change.edit", **FORM)
    await bot.press(CLAIRE, "change.submit")
    await bot.advance(moment(4, 1, 9))
    before = await stored(bot)
    answer = await bot.press(CLAIRE, "precheck.approve", comment="fine by me")
    assert answer["type"] == MESSAGE
    assert str(answer["value"]).startswith(f"You requested, edited or implement {CHANGE}: somebody else has to decide")
    assert await stored(bot) == before


async def test_a_card_of_an_older_revision_is_drawn_anew_instead_of_acting(bot: Bot) -> None:
    await bot.at_go()
    old = bot.teams.with_button("go.give")
    data = {"change": CHANGE, "revision": 1}
    before = await stored(bot)
    answer = await bot.teams.execute(PIERRE, "go.give", data, old)
    assert answer["type"] == CARD
    assert f"{CHANGE} has changed since this card was drawn" in str(answer["value"])
    assert await stored(bot) == before


async def test_a_second_press_on_a_decided_card_changes_nothing_and_shows_the_decision(bot: Bot) -> None:
    await bot.at_go()
    card = bot.teams.with_button("go.give")
    revision = (await stored(bot))[0].revision
    await bot.press(PIERRE, "go.give", comment="")
    before = await stored(bot)
    answer = await bot.teams.execute(
        CLAIRE, "go.refuse", {"change": CHANGE, "revision": revision, "reason": "no"}, card
    )
    assert answer["type"] == CARD
    assert "Pierre André" in str(answer["value"])
    assert await stored(bot) == before
    assert before[0].state is State.SCHEDULED
