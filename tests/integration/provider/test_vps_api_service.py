"""A service whose snapshots go through the VPS API: off in production unless configured, and then as configured."""

from pathlib import Path

import pytest

import app as composition
from changes.model import SnapshotStatus
from settings import LOCAL_SERVICES, SettingsError, from_environment
from tests.support.running import START, running

REACHED = {"INFOMANIAK_URL": "http://127.0.0.1:9", "INFOMANIAK_TOKEN": "secret"}
TABLE = """
[vps_api]
account_id = "1234"
[vps_api.words]
data_disk = "data"
"""


def environ(folder: Path, table: str, more: dict[str, str]) -> dict[str, str]:
    """Production with the demo's services, which use the VPS API, and with that table."""
    services = folder / "services.toml"
    services.write_text(LOCAL_SERVICES.read_text(encoding="utf-8") + table, encoding="utf-8")
    return more | {
        "MicrosoftAppId": "00000000-0000-0000-0000-00000000b070",
        "MicrosoftAppPassword": "password",
        "MicrosoftAppTenantId": "00000000-0000-0000-0000-0000000000aa",
        "GRAPH_SENDER": "bot@example.ch",
        "CHANGE_PORT": "0",
        "CHANGE_SERVICES": str(services),
        "CHANGE_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/changes.db",
    }


@pytest.mark.parametrize(
    ("table", "more", "said"),
    [
        (TABLE, {}, "its backend vps_api needs INFOMANIAK_URL and INFOMANIAK_TOKEN"),
        (TABLE, {"INFOMANIAK_URL": "http://127.0.0.1:9"}, "its backend vps_api needs INFOMANIAK_URL and INFOMANIAK_T"),
        ("", REACHED, r"its backend vps_api needs the table \[vps_api\] in .*services\.toml"),
    ],
)
async def test_in_production_the_vps_api_is_off_unless_it_is_configured(
    tmp_path: Path, table: str, more: dict[str, str], said: str
) -> None:
    settings = from_environment(environ(tmp_path, table, more), dotenv=tmp_path / ".env")

    with pytest.raises(SettingsError, match=said) as refused:
        await composition.build(settings)

    assert "\n" not in str(refused.value)
    assert "secret" not in str(refused.value)


async def test_the_snapshot_of_the_day_is_asked_for_as_the_table_says(tmp_path: Path) -> None:
    services = environ(tmp_path, TABLE, {})["CHANGE_SERVICES"]
    async with running(tmp_path, START, CHANGE_SERVICES=services) as bot:
        await bot.started()
        change = await bot.change()
        simulator = bot.app.simulator
        assert simulator is not None

    assert change.snapshot.status is SnapshotStatus.FINISHED
    assert [path for method, path in simulator.calls if method == "POST"] == ["/1/vps/4711/snapshot"]
    read = {path for method, path in simulator.calls if method == "GET"}
    assert read == {"/1/accounts/1234/products", "/1/vps/4711/snapshot"}  # the account is known: it is not looked for
