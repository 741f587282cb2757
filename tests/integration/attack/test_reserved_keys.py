"""A service that is called like a word of the search: refused before its first change, and carried on after it."""

from pathlib import Path

from bot.messenger.private_answers import ANSWERED
from tests.integration.attack.conftest import SERVICES, heard
from tests.integration.attack.test_one_spelling import NADIA, PIERRE
from tests.support.key_server import key_server
from tests.support.production import begin_request, production
from tests.support.recording_teams import TENANT as SERVED
from tests.support.running import FORM
from tests.support.services import services_toml
from tests.support.teams import TENANT

OTHER = services_toml(PIERRE.object_id, key="mine", name="Coal Mine", server="Hasdrubal")


async def test_a_key_that_is_a_word_of_the_search_is_refused_before_the_first_change_and_kept_after_it(
    tmp_path: Path,
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(SERVICES + OTHER, encoding="utf-8")
    given = {"CHANGE_SERVICES": str(own), "CHANGE_TENANTS": f"{SERVED},{TENANT}"}
    with key_server() as keys:
        async with production(tmp_path, keys, **given) as house:
            house.teams._client.headers["Authorization"] = house.signed()
            others, _alone = await heard(house, NADIA, "bind mine", "channel")
            assert others[-1] == (
                "`/change list mine` means something else, so Coal Mine needs another key: change it in services.toml "
                "and restart the bot. The service has no changes yet, so nothing is lost."
            )
            await begin_request(house, NADIA)
            form = FORM | {"service": "mine", "title": "Props", "date": "2031-04-15"}
            await house.teams.press(NADIA, "change.edit", inputs=form)
            others, _alone = await heard(house, NADIA, "bind mine", "channel")
            assert "Coal Mine" in others[-1]
            assert "is now linked to this conversation" in others[-1]

            others, alone = await heard(house, NADIA, "change list mine", "channel")
            assert others == [ANSWERED], "what is asked about oneself is answered alone all the same"
            assert "Props" in str(alone[-1].card)
