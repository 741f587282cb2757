"""Webhooks, from the outside: a bot that is driven by Teams, and the program that hears of it."""

import base64
from pathlib import Path

from standardwebhooks import Webhook

from tests.integration.web_out.receiver import receiving
from tests.support.running import START, running
from tests.support.services import demo_services
from tests.support.teams import NADIA

OLD, NEW = (f"whsec_{base64.b64encode(bytes([each]) * 32).decode()}" for each in b"ab")


def with_webhook(folder: Path, url: str, more: str = "allow_private = true") -> dict[str, str]:
    """The demo's services with a webhook, and its secrets."""
    path = demo_services(folder)
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(f'\n[[webhook]]\nname = "deploy"\nurl = "{url}"\n{more}\n')
    return {"CHANGE_SERVICES": path, "CHANGE_WEBHOOK_SECRETS": f"deploy={NEW},{OLD}"}


async def test_a_submitted_change_is_told_signed(tmp_path: Path) -> None:
    async with receiving() as receiver, running(tmp_path, START, **with_webhook(tmp_path, receiver.url)) as bot:
        await bot.drafted()
        assert receiver.received == []
        await bot.press(NADIA, "change.submit")
        [told, *_] = receiver.received
        event = Webhook(OLD).verify(told.body, told.headers)
        assert event == Webhook(NEW).verify(told.body, told.headers)
        assert event["type"] == "change.submitted"
