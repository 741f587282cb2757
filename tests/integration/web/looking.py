"""Looking at the pages from outside: with Teams' token, with a link, and at what stands on them."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import httpx

from tests.support.key_server import APP_ID, token
from tests.support.production import House
from tests.support.teams import NADIA, TENANT, Somebody

ADDRESS = "https://change.example.ch"


def of_teams(who: Somebody = NADIA, kid: str = "A", **claims: Any) -> dict[str, str]:
    """The headers of a request with the token that Teams gives a tab for that person, but for the given claims."""
    tenant = claims.get("tid", TENANT)
    usual = {
        "iss": f"https://login.microsoftonline.com/{tenant}/v2.0",
        "aud": f"api://change.example.ch/botid-{APP_ID}",
        "scp": "access_as_user",
        "oid": who.object_id,
        "tid": tenant,
        "name": who.name,
    }
    signed = token(datetime.now(UTC), kid, **(usual | claims))  # noqa: TID251  # tokens live by real time
    return {"Authorization": f"Bearer {signed}"}


async def link_of(house: House, who: Somebody, text: str = "/change calendar link") -> str:
    """The path of the link that the bot gives the person."""
    await house.teams.type(who, text)
    await house.app.worker.run_due()
    said = house.teams.calls[-1].message.text
    found = re.search(rf"\({re.escape(ADDRESS)}(/calendar/link/[^)]+)\)", said)
    assert found, said
    return found[1]


async def cookie_of(house: House, link: str) -> dict[str, str]:
    """The headers of a browser that has followed the link."""
    answer = await house.client.get(link)
    assert (answer.status_code, answer.headers.get("location")) == (303, "/calendar"), answer.text
    return {"Cookie": answer.headers["set-cookie"].partition(";")[0]}


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.tags: set[str] = set()
        self._is_main = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)
        self._is_main = self._is_main or tag == "main"

    def handle_endtag(self, tag: str) -> None:
        self._is_main = self._is_main and tag != "main"

    def handle_data(self, data: str) -> None:
        if self._is_main:
            self.parts.append(data)


def read(answer: httpx.Response) -> str:
    """The text of the page's main part, as a reader sees it."""
    parser = _Text()
    parser.feed(answer.text)
    return " ".join(" ".join(parser.parts).split())


def tags(answer: httpx.Response) -> set[str]:
    """Every element that the page has."""
    parser = _Text()
    parser.feed(answer.text)
    return parser.tags
