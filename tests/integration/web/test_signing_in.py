"""Who may look at the pages in production, and what whoever may not is told."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from changes.reporting.search import Search
from tests.integration.web.looking import ADDRESS, cookie_of, link_of, of_teams, read
from tests.support.key_server import key_server, public_key
from tests.support.production import House, production
from tests.support.teams import CLAIRE, LUC, NADIA, PIERRE, TENANT

DRAFT = "CHG-2026-0001"
NOW = datetime.now(UTC)  # noqa: TID251  # tokens live by real time
ELSEWHERE = "99999999-0000-0000-0000-000000000001"


async def draft_of(house: House) -> str:
    [found] = await house.unit.changes.find(Search())
    return found.id


@pytest.mark.parametrize("audience", ["app id", "uri"])
async def test_teams_sign_in_shows_what_the_person_may_see_in_the_chat(house: House, audience: str) -> None:
    claims = {"aud": house.app.settings.app_id} if audience == "app id" else {}
    change = await draft_of(house)
    for who, sees in ((NADIA, True), (PIERRE, True), (LUC, False)):
        answer = await house.client.get(f"/changes/{change}", headers=of_teams(who, **claims))
        assert (answer.status_code == 200, "A secret" in answer.text) == (sees, sees), who.name
    mine = await house.client.get("/changes?show=drafts", headers=of_teams(NADIA))
    assert "A secret" in read(mine)
    for path in ("/changes?show=all", "/changes?show=drafts", "/changes?q=secret", "/calendar?date=2031-04&show=all"):
        assert "A secret" not in (await house.client.get(path, headers=of_teams(PIERRE))).text, path


NOT_LET_IN: list[tuple[dict[str, Any], int, str]] = [
    ({"exp": int((NOW - timedelta(minutes=6)).timestamp())}, 401, "Your sign-in has expired."),
    ({"nbf": int((NOW + timedelta(days=1)).timestamp())}, 401, "Your sign-in has expired."),
    ({"aud": "api://change.example.ch/botid-somebody"}, 401, "Sign-in failed"),
    ({"aud": ADDRESS}, 401, "Sign-in failed"),
    ({"scp": "User.Read"}, 401, "Sign-in failed"),
    ({"scp": None, "roles": ["access_as_user"]}, 401, "Sign-in failed"),
    ({"oid": None}, 401, "Sign-in failed"),
    ({"oid": ["x"]}, 401, "Sign-in failed"),
    ({"exp": None}, 401, "Sign-in failed"),
    ({"tid": ELSEWHERE}, 403, "does not serve your organisation"),
    ({"iss": "https://sts.windows.net/x/"}, 403, "does not serve your organisation"),
    ({"tid": ELSEWHERE, "iss": f"https://login.microsoftonline.com/{TENANT}/v2.0"}, 403, "does not serve"),
]


async def test_any_other_token_is_turned_away_with_a_sentence_and_noted_in_the_log(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    for claims, status, said in NOT_LET_IN:
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            answer = await house.client.get("/calendar", headers=of_teams(**claims))
        assert (answer.status_code, said in read(answer)) == (status, True), (claims, read(answer))
        assert any("turned away from the pages" in line for line in caplog.messages), claims
        assert "ey" not in caplog.text, "no token is in the log"


async def test_a_token_that_microsoft_did_not_sign_opens_nothing(house: House) -> None:
    strange, unsigned = of_teams(kid="B"), of_teams()["Authorization"].rpartition(".")[0] + "."
    for headers in (strange, {"Authorization": unsigned}, {"Authorization": "Bearer x"}, {"Authorization": "[" * 7000}):
        answer = await house.client.get("/calendar", headers=headers)
        assert answer.status_code == 401, headers
    house.keys.keys = [public_key("A") | {"n": public_key("B")["n"]}]
    # The key that is known stays good: what was refused above made nobody fetch another of its name.
    assert (await house.client.get("/calendar", headers=of_teams())).status_code == 200


async def test_while_microsofts_keys_cannot_be_had_the_page_says_so_and_a_link_still_opens(house: House) -> None:
    link = await link_of(house, NADIA)
    house.keys.status = 500
    answer = await house.client.get("/calendar", headers=of_teams())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert "cannot be checked at the moment" in read(answer)
    assert (await house.client.get("/calendar", headers=await cookie_of(house, link))).status_code == 200


async def test_somebody_elses_draft_reads_like_one_that_does_not_exist_and_the_denial_is_written_down(
    house: House,
) -> None:
    change = await draft_of(house)
    unknown = f"{change[:-1]}9"
    asked = (change, change, change, unknown)  # as a page that follows asks again
    hidden, *_, missing = [await house.client.get(f"/changes/{each}", headers=of_teams(LUC)) for each in asked]
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert read(hidden) == read(missing).replace(unknown, change)
    [denial] = await house.unit.access_denials.latest()
    assert (denial.person.id, denial.change, denial.via) == (LUC.object_id, change, "page")


async def test_a_link_shows_its_own_persons_pages_until_it_expires_or_is_revoked(house: House) -> None:
    change, link = await draft_of(house), await link_of(house, NADIA)
    theirs = await cookie_of(house, link)
    assert "A secret" in (await house.client.get(f"/changes/{change}", headers=theirs)).text
    assert (await link_of(house, NADIA)) != "", "another one for another browser"
    assert (await house.client.get("/tasks", headers=theirs)).status_code == 200, "which leaves this one as it is"
    others = await cookie_of(house, await link_of(house, CLAIRE))
    renewed = await cookie_of(house, await link_of(house, NADIA, "/change calendrier lien nouveau"))
    for headers, status in ((theirs, 401), (renewed, 200), (others, 200)):
        assert (await house.client.get("/calendar", headers=headers)).status_code == status
    revoked = await house.client.get(link)
    assert (revoked.status_code, "revoked" in read(revoked)) == (401, True)
    assert "set-cookie" not in revoked.headers


async def test_the_cookie_of_a_link_is_for_these_pages_alone(house: House) -> None:
    answer = await house.client.get(await link_of(house, NADIA))
    kept = answer.headers["set-cookie"]
    for each in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=2592000"):
        assert each in kept
    assert answer.headers["cache-control"] == "private, no-store"


async def test_a_link_and_an_export_open_nothing_of_each_other(house: House) -> None:
    link, change = await link_of(house, NADIA), await draft_of(house)
    answer = await house.client.get(link.replace("/calendar/link/", "/export/"))
    assert answer.status_code == 404
    await house.teams.type(NADIA, f"/change export {change}")
    await house.app.worker.run_due()
    export = house.teams.calls[-1].message.text.split(f"{ADDRESS}/export/")[1].partition(")")[0]
    assert (await house.client.get(f"/calendar/link/{export}")).status_code == 401
    for made_up in ("x", "a" * 3000, "a.b.c", "%00"):
        assert (await house.client.get(f"/calendar/link/{made_up}")).status_code == 401


async def test_the_link_is_told_to_the_asker_alone(house: House) -> None:
    await house.teams.type(NADIA, "change calendar link", "channel")
    await house.app.worker.run_due()
    posted = [each for each in house.teams.calls if "/calendar/link/" in each.message.text]
    assert [each.message.conversation for each in posted] == [f"personal-{NADIA.id}"]


async def test_whoever_brings_nothing_is_told_how_to_get_in_in_their_language(house: House) -> None:
    for language, said in (("en", "send /change calendar link"), ("fr-CH,fr;q=0.9", "envoyez /change calendar link")):
        answer = await house.client.get("/calendar", headers={"Accept-Language": language})
        assert (answer.status_code, said in read(answer)) == (401, True), read(answer)
        assert f'<html lang="{language[:2]}"' in answer.text


async def test_every_page_may_be_framed_by_teams_alone_runs_only_our_script_and_is_kept_nowhere(house: House) -> None:
    for path in ("/calendar", "/changes", "/changes/x", "/tasks", "/calendar/link/x", "/calendar/tab"):
        for headers in (of_teams(), {}):
            answer = await house.client.get(f"{path}?as=Pierre", headers=headers)
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy, path
            assert "unsafe" not in policy
            assert "frame-ancestors https://*.cloud.microsoft https://teams.microsoft.com " in policy
            assert answer.headers["cache-control"] == "private, no-store"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers.get("set-cookie") is None, "nobody acts as anybody in production"


async def test_without_an_address_of_its_own_a_bot_in_production_has_no_pages(tmp_path: Path) -> None:
    with key_server() as keys:
        async with production(tmp_path, keys, CHANGE_TENANTS=TENANT) as house:
            for path in ("/calendar", "/changes", "/tasks", "/static/pages.css"):
                assert (await house.client.get(path, headers=of_teams())).status_code == 404
            house.teams._client.headers["Authorization"] = house.signed()
            await house.teams.type(NADIA, "/change calendar link")
            await house.app.worker.run_due()
            assert "CHANGE_PUBLIC_URL" in house.teams.calls[-1].message.text
