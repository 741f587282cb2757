"""Every fault of the provider, from the button to the thread: what is said, what can be pressed, what was asked."""

from pathlib import Path

import pytest

from changes.model import State
from tests.support.faults import Stories, What, begin, to_the_end, verbs

BACKENDS = ("vps_api", "public_cloud")


@pytest.fixture(scope="session")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Stories:
    return Stories(tmp_path_factory.mktemp("stories"))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("what", ["snapshot", "restore"])
async def test_without_a_fault_it_is_asked_for_once_and_the_change_goes_on_to_its_end(
    stories: Stories, tmp_path: Path, backend: str, what: What
) -> None:
    async with stories.stage(tmp_path, backend, what) as stage:
        await begin(stage, what)
        assert verbs(stage.card(what)) == []
        change = await to_the_end(stage, what)
        assert change.state is State.COMPLETED
        assert (stage.asked(what), stage.made(what)) == (1, 1)
