"""A service whose data volume is in the Public Cloud: how it is set up, and its snapshot on the day."""

from pathlib import Path

import pytest

import app as composition
from changes.model import SnapshotStatus
from settings import LOCAL_SERVICES, SettingsError, from_environment
from tests.support.running import START, running

PRODUCTION = {
    "CHANGE_MODE": "production",
    "CHANGE_PORT": "0",
    "MicrosoftAppId": "00000000-0000-0000-0000-00000000b070",
    "MicrosoftAppPassword": "password",
    "MicrosoftAppTenantId": "00000000-0000-0000-0000-0000000000aa",
    "GRAPH_SENDER": "bot@example.ch",
}


@pytest.fixture
def services(tmp_path: Path) -> Path:
    """The demo's services with the snapshots in the Public Cloud."""
    text = LOCAL_SERVICES.read_text(encoding="utf-8")
    path = tmp_path / "services.toml"
    path.write_text(text.replace('backend = "vps_api"', 'backend = "public_cloud"'), encoding="utf-8")
    return path


async def test_the_snapshot_of_the_day_is_taken_of_the_data_volume(tmp_path: Path, services: Path) -> None:
    async with running(tmp_path, START, CHANGE_SERVICES=str(services)) as bot:
        await bot.started()
        change = await bot.change()
        simulator = bot.app.simulator
        assert simulator is not None
        writes = [path for method, path in simulator.calls if method == "POST" and "/auth/" not in path]

    assert change.snapshot.status is SnapshotStatus.FINISHED
    assert [path.rpartition("/")[2] for path in writes] == ["snapshots"]
    assert all(path.startswith("/volume/") for path in writes)
    assert [(snapshot.disk, snapshot.vps_id) for snapshot in simulator.snapshots] == [("data", 4711)]


async def test_in_production_the_public_cloud_needs_a_name_in_clouds_yaml(tmp_path: Path, services: Path) -> None:
    settings = from_environment(PRODUCTION | {"CHANGE_SERVICES": str(services)}, dotenv=tmp_path / ".env")

    with pytest.raises(SettingsError, match=r"learn: its backend public_cloud needs OS_CLOUD"):
        await composition.build(settings)


async def test_a_name_that_clouds_yaml_does_not_have_stops_no_start(tmp_path: Path, services: Path) -> None:
    environ = PRODUCTION | {
        "CHANGE_SERVICES": str(services),
        "CHANGE_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/changes.db",
        "OS_CLOUD": "nowhere",
    }
    app = await composition.build(from_environment(environ, dotenv=tmp_path / ".env"))
    await app.start()
    listening = app.port
    await app.close()

    assert "public_cloud" in app.providers
    assert listening > 0
