"""Changes over the API: listed, read, created, submitted."""

import asyncio
import json
from typing import Any

from tests.support.api import problem, program
from tests.support.running import CHANGE, FORM, Bot

PLAN: dict[str, Any] = {
    **{name: value for name, value in FORM.items() if name not in ("implementer", "reason")},
    "minutes": 90,
    "tests": FORM["tests"].split("\n"),
}
"""The form of the tests, as a program sends it."""
AS_JSON = {"Content-Type": "application/json"}


async def test_a_change_goes_from_its_creation_to_the_approver_and_is_the_tokens_persons(bot: Bot) -> None:
    async with program(bot) as client:
        created = await client.post("changes", json=PLAN)
        assert created.status_code == 201, created.text
        assert created.headers["location"] == f"/api/v1/changes/{CHANGE}"
        assert created.json()["requester"]["name"] == "Nadia Favre"
        assert created.json()["tests"] == PLAN["tests"]
        read = await client.get(created.headers["location"].removeprefix("/api/v1/"))
        assert read.json() == created.json()
        assert read.headers["etag"] == created.headers["etag"]
        submitted = await client.post(f"changes/{CHANGE}/submit", headers={"If-Match": read.headers["etag"]})
        assert submitted.status_code == 200, submitted.text
        assert submitted.json()["state"] == "submitted"
        await bot.settle()
        assert any(CHANGE in str(each.message.activity) for each in bot.teams.calls), "its channel knows it"
        problem(await client.post(f"changes/{CHANGE}/submit"), 409)
    entries = await bot.unit.changes.history(CHANGE)
    assert {each.via for each in entries if each.by.name == "Nadia Favre"} == {"api"}


async def test_what_is_wrong_is_said_field_by_field_and_nothing_is_written(bot: Bot) -> None:
    wrong: list[tuple[dict[str, Any], set[str]]] = [
        ({"title": "", "risks": " "}, {"title", "risks"}),
        ({"date": "2027-02-30", "time": "25:00"}, {"date", "time"}),
        ({"date": "2027-03-15", "time": "09:00"}, {"date"}),
        ({"minutes": 4}, {"minutes"}),
        ({"minutes": "90"}, {"minutes"}),
        ({"tests": []}, {"tests"}),
        ({"title": "x" * 101}, {"title"}),
        ({"title": "\u202e", "what": "\0"}, {"title", "what"}),
        ({"notify": ["nobody"]}, {"notify"}),
        ({"implementer": "Somebody Else"}, {"implementer"}),
        ({"service": "nothing"}, {"service"}),
        ({"kind": "odd"}, {"kind"}),
        ({"kind": "emergency"}, {"reason"}),
        ({"approved": True, "requester": "x"}, {"approved", "requester"}),
    ]
    async with program(bot) as client:
        for fields, named in wrong:
            answer = await client.post("changes", content=json.dumps(PLAN | fields), headers=AS_JSON)
            found = problem(answer, 422)["errors"]
            assert {each["field"] for each in found} == named, (fields, found)
            assert all(each["detail"].endswith((".", "?")) for each in found), found
        missing = problem(await client.post("changes", json={}), 422)["errors"]
        assert {each["field"] for each in missing} >= {"service", "title", "date", "tests"}
        for body, status in (
            (b"", 400),
            (b"[", 400),
            (b"[" * 100_000, 400),
            (b"[]", 422),
            (b"\xff", 400),
            (b'{"minutes":NaN}', 400),
            (b'{"title":"\\ud800"}', 400),
        ):
            problem(await client.post("changes", content=body, headers=AS_JSON), status)
        problem(await client.post("changes", content=b"{}", headers={"Content-Type": "text/plain"}), 415)
        zipped = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        problem(await client.post("changes", content=b"x", headers=zipped), 415)
        problem(await client.post("changes", content=b" " * 300_000, headers=AS_JSON), 413)
    assert await bot.unit.changes.find() == ()


async def test_what_is_not_there_or_cannot_be_done_is_a_problem_too(bot: Bot) -> None:
    async with program(bot) as client:
        for path in ("nothing", "changes/x", "changes/CHG-2027-0001/approve", "changes/%2e%2e/x", "changes/", "gate/x"):
            problem(await client.get(path), 404)
        for method, path, allowed in (
            ("DELETE", f"changes/{CHANGE}", "GET, HEAD"),
            ("PUT", "changes", "GET, HEAD, POST"),
            ("GET", f"changes/{CHANGE}/submit", "POST"),
            ("POST", "gate", "GET, HEAD"),
            ("OPTIONS", "services", "GET, HEAD"),
        ):
            answer = await client.request(method, path)
            problem(answer, 405)
            assert answer.headers["allow"] == allowed
        for path in (
            *("changes?state=odd", "changes?limit=0", "changes?limit=101", "changes?cursor=x", "changes?since=2027"),
            *("changes?since=2027-13-01T00:00:00Z", "changes?color=red", "changes?service=a&service=b", "services?x=1"),
            *("gate", "gate?service=nothing", "gate?service=learn&at=now", "gate?service=%00"),
        ):
            assert problem(await client.get(path), 422)["errors"], path


async def test_a_repeated_request_happens_once_and_a_key_is_good_for_one_request(bot: Bot) -> None:
    async with program(bot) as client:
        key = {"Idempotency-Key": "run-17"}
        answers = await asyncio.gather(*(client.post("changes", json=PLAN, headers=key) for _ in range(5)))
        assert {each.status_code for each in answers} == {201}
        assert {each.text for each in answers} == {answers[0].text}
        assert {each.headers["location"] for each in answers} == {f"/api/v1/changes/{CHANGE}"}
        problem(await client.post("changes", json=PLAN | {"title": "Another"}, headers=key), 422)
        problem(await client.post(f"changes/{CHANGE}/submit", headers=key), 422)
        for odd in ("", "é", "x" * 256):
            answer = await client.post("changes", json=PLAN, headers={b"Idempotency-Key": odd.encode()})
            problem(answer, 400)
        refused = await client.post("changes", json=PLAN | {"title": ""}, headers={"Idempotency-Key": "run-18"})
        problem(refused, 422)
        other = PLAN | {"date": "2027-04-22"}
        assert (await client.post("changes", json=other, headers={"Idempotency-Key": "run-18"})).status_code == 201
        submits = await asyncio.gather(
            *(client.post(f"changes/{CHANGE}/submit", headers={"Idempotency-Key": "s"}) for _ in range(3))
        )
        assert [each.json()["state"] for each in submits] == ["submitted"] * 3
    assert len(await bot.unit.changes.find()) == 2


async def test_tags_save_what_is_known_and_refuse_what_is_stale(bot: Bot) -> None:
    await bot.drafted()
    async with program(bot) as client:
        for path in (f"changes/{CHANGE}", "changes"):
            tag = (await client.get(path)).headers["etag"]
            for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
                answer = await client.get(path, headers={"If-None-Match": known})
                assert (answer.status_code, answer.content) == (304, b"")
            assert (await client.get(path, headers={"If-None-Match": '"x"'})).status_code == 200
        tag = (await client.get(f"changes/{CHANGE}")).headers["etag"]
        problem(await client.post(f"changes/{CHANGE}/submit", headers={"If-Match": '"99"'}), 412)
        assert (await client.post(f"changes/{CHANGE}/submit", headers={"If-Match": tag})).status_code == 200
        assert (await client.get(f"changes/{CHANGE}")).headers["etag"] != tag
        assert (await client.get("changes", headers={"If-None-Match": tag})).status_code == 200


async def test_filters_find_what_the_chat_finds(bot: Bot) -> None:
    await bot.requested()
    await bot.requested({"title": "New disks", "date": "2027-06-10"})
    async with program(bot) as client:

        async def found(query: str) -> list[str]:
            return [each["title"] for each in (await client.get(f"changes?{query}")).json()["changes"]]

        both = ["Update to version 5", "New disks"]
        assert await found("service=learn&state=submitted&state=draft") == both
        assert await found("state=cancelled") == []
        assert await found("words=DISKS") == ["New disks"]
        assert await found("since=2027-05-01T00:00:00%2B02:00") == ["New disks"]
        assert await found("since=2027-05-01T00:00:00+02:00") == ["New disks"], "a plus sign that was not encoded"
        assert await found("until=2027-05-01T00:00:00Z") == both[:1]
        assert await found("since=2027-04-01T00:00:00Z&until=2027-07-01T00:00:00Z") == both
        assert await found("words=%00 disks%0a") == ["New disks"], "what no database takes is no word"
        [service] = (await client.get("services")).json()["services"]
        assert (service["key"], service["timezone"]) == ("learn", "Europe/Zurich")
        assert service["freezes"][0]["first"] == "2027-01-18"
