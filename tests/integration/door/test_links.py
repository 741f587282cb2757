"""A change's address unfolds into its card, and a message becomes a change."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.key_server import key_server
from tests.support.production import House, production
from tests.support.running import CHANGE, Bot
from tests.support.teams import LUC, NADIA, Somebody, actions, inputs_of, words

PAGE = f"https://change.example.ch/changes/{CHANGE}"
OLD_ELEMENTS = {"AdaptiveCard", "TextBlock", "RichTextBlock", "TextRun", "Container", "FactSet", "Action.OpenUrl"}
"""What a client draws that knows version 1.3 and no more."""


async def unfolded(bot: Bot, who: Somebody, address: object, where: str = "channel") -> list[dict[str, Any]]:
    """What Teams would show below the address."""
    value = {"url": address}
    activity = bot.teams.activity(who, where) | {"type": "invoke", "name": "composeExtension/queryLink", "value": value}
    answer = (await bot.teams.deliver(activity)).json()["composeExtension"]
    assert (answer["type"], answer["attachmentLayout"]) == ("result", "list")
    found: list[dict[str, Any]] = answer["attachments"]
    return found


def types(node: Any) -> Iterator[str]:
    """The types of all that is on a card."""
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from types(each)
    if isinstance(node, dict) and "type" in node:
        yield node["type"]


async def test_a_changes_address_unfolds_into_its_card_for_those_who_may_see_it(bot: Bot) -> None:
    await bot.drafted()
    assert [await unfolded(bot, who, PAGE) for who in (NADIA, LUC)] == [[], []], "others read what unfolds"
    await bot.press(NADIA, "change.submit")
    calls = len(bot.teams.calls)
    (found,) = await unfolded(bot, LUC, f"{PAGE}/?from=mail#tests")
    card = found["content"]
    assert (card["version"], set(types(card)) - OLD_ELEMENTS) == ("1.3", set())
    assert [each["url"] for each in actions(card)] == [f"{PAGE}/?from=mail#tests"]
    assert words(card)[:3] == ["Update to version 5", f"{CHANGE} · ISC Learn Platform", "Submitted"]
    assert words(card)[-1].startswith("As of Mon 15 Mar 2027, 10:0")
    assert found["preview"]["content"] == {"title": f"{CHANGE} (Update to version 5): Submitted"}
    assert len(bot.teams.calls) == calls, "nothing is posted"


async def test_what_is_no_changes_address_unfolds_into_nothing_and_is_no_error(bot: Bot) -> None:
    others = (f"{PAGE}9", "https://change.example.ch/tasks", f"{PAGE} and more", "CHG-2027-0001", "", None, 7, ["x"])
    assert [await unfolded(bot, NADIA, each) for each in others] == [[]] * len(others)
    nobody = bot.teams.activity(NADIA, "channel") | {"type": "invoke", "name": "composeExtension/queryLink"}
    del nobody["from"]["aadObjectId"]
    assert (await bot.teams.deliver(nobody)).json()["composeExtension"]["attachments"] == []


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    with key_server() as keys:
        async with production(tmp_path, keys, CHANGE_PUBLIC_URL="https://change.example.ch") as built:
            yield built
            await built.deliveries()


async def test_a_change_is_made_of_a_message_in_a_dialog_that_begins_with_what_it_says(house: House) -> None:
    html = (
        "<div><p>The <b>disk</b> of&nbsp;Hannibal&#58;</p><ul><li>is <i>full</i> &amp; slow</li><li>must grow</li></ul>"
        '<p><at id="0">Luc</at> says\nso<br>today</p><script>x</script></div>'
    )
    message = {"id": "1", "body": {"contentType": "html", "content": html}}
    value: dict[str, Any] = {"commandId": "message", "messagePayload": message}
    fetch = house.typed("", type="invoke", name="composeExtension/fetchTask", value=value)
    task = (await house.post(house.signed(), fetch)).json()["task"]
    form = task["value"]["card"]["content"]
    assert task["value"]["title"] == "Request a change"
    said = "The disk of Hannibal:\nis full & slow\nmust grow\nLuc says so\ntoday\nx"
    assert inputs_of(form)["what"]["value"] == said
    assert "value" not in inputs_of(form)["title"]
    for odd in (None, {}, {"body": None}, {"body": {"content": 7}}, {"body": {"content": "<" * 5000}}):
        fetch = house.typed(
            "", type="invoke", name=fetch["name"], value=value | {"messagePayload": odd}, id=f"x{odd}"[:40]
        )
        answer = await house.post(house.signed(), fetch)
        assert (answer.status_code, answer.json()["task"]["type"]) == (200, "continue")
        assert len(inputs_of(answer.json()["task"]["value"]["card"]["content"])["what"].get("value", "")) <= 1500
