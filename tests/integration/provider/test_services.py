"""A service whose snapshots Infomaniak takes: off in production unless it is configured, and then as configured."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import app as composition
from changes.model import SnapshotStatus
from settings import LOCAL_SERVICES, SettingsError, from_environment, load_configuration
from tests.support.running import START, running

REACHED = {"INFOMANIAK_URL": "https://127.0.0.1:9", "INFOMANIAK_TOKEN": "secret"}
TABLE = """
[vps_api]
account_id = "1234"
[vps_api.words]
data_disk = "data"
"""


def environ(folder: Path, table: str = "", backend: str = "vps_api", **more: str) -> dict[str, str]:
    """Production with the demo's services, which use that backend, and with that table."""
    services = folder / "services.toml"
    text = LOCAL_SERVICES.read_text(encoding="utf-8").replace('backend = "vps_api"', f'backend = "{backend}"')
    services.write_text(text + table, encoding="utf-8")
    return {
        "MicrosoftAppId": "00000000-0000-0000-0000-00000000b070",
        "MicrosoftAppPassword": "password",
        "MicrosoftAppTenantId": "00000000-0000-0000-0000-0000000000aa",
        "GRAPH_SENDER": "bot@example.ch",
        "CHANGE_PORT": "0",
        "CHANGE_SERVICES": str(services),
        "CHANGE_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/changes.db",
    } | more


def test_in_production_a_backend_and_the_mail_are_off_unless_they_are_configured(tmp_path: Path) -> None:
    for backend, table, more, said in (
        ("vps_api", TABLE, {}, "vps.backend is 'vps_api'; that needs INFOMANIAK_URL and INFOMANIAK_TOKEN"),
        ("vps_api", TABLE, {"INFOMANIAK_URL": "https://127.0.0.1:9"}, "that needs INFOMANIAK_URL and INFOMANIAK_TOKEN"),
        (
            "vps_api",
            "",
            REACHED,
            r"learn: vps\.backend is 'vps_api'; that needs the table \[vps_api\] in .*services\.toml",
        ),
        ("public_cloud", "", {}, "learn: vps.backend is 'public_cloud'; that needs OS_CLOUD"),
        ("dashboard", "", {"GRAPH_SENDER": ""}, "learn: notify: it names mail, which needs GRAPH_SENDER"),
    ):
        with pytest.raises(SettingsError, match=said) as refused:
            load_configuration(environ(tmp_path, table, backend, **more), dotenv=tmp_path / ".env")
        assert all(each.endswith(".") and "\n" not in each for each in refused.value.sentences)
        assert "secret" not in str(refused.value)


NOT_INSTALLED = """
import asyncio, sys
sys.modules["openstack"] = None  # as Python notes a module that is not there
import app
from settings import SettingsError, from_environment

try:
    asyncio.run(app.build(from_environment()))
except SettingsError as error:
    print(error)
"""


@pytest.mark.parametrize("mode", ["local", "production"])
def test_a_backend_whose_packages_are_not_installed_is_refused_with_how_to_install_them(
    tmp_path: Path, mode: str
) -> None:
    given = {name: str(value) for name, value in environ(tmp_path, "", "public_cloud", OS_CLOUD="isc").items()}
    if mode == "local":
        given = {name: given[name] for name in ("CHANGE_PORT", "CHANGE_SERVICES", "CHANGE_DATABASE_URL")}
        given |= {"CHANGE_MODE": "local"}
    ran = subprocess.run(
        [sys.executable, "-c", NOT_INSTALLED],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path.cwd()), **given},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stderr == ""
    said = ran.stdout.splitlines()
    first = said[0].partition("services.toml: ")[2]
    assert first.startswith("learn: vps.backend is 'public_cloud'; that needs packages that are not installed: pip ")
    assert all("requirements/public-cloud.txt" in each for each in said)
    for lock in re.findall(r"requirements/\S+\.txt", ran.stdout):
        assert Path(lock).is_file()


async def test_a_name_that_clouds_yaml_does_not_have_stops_no_start(tmp_path: Path) -> None:
    given = environ(tmp_path, "", "public_cloud", OS_CLOUD="nowhere")
    app = await composition.build(from_environment(given, dotenv=tmp_path / ".env"))
    await app.start()
    listening = app.port
    await app.close()
    assert "public_cloud" in app.providers
    assert listening > 0


@pytest.mark.parametrize(
    ("backend", "table", "written"), [("vps_api", TABLE, "/1/vps/4711/snapshot"), ("public_cloud", "", "/snapshots")]
)
async def test_the_snapshot_of_the_day_is_of_the_data_and_asked_for_as_it_is_configured(
    tmp_path: Path, backend: str, table: str, written: str
) -> None:
    services = environ(tmp_path, table, backend)["CHANGE_SERVICES"]
    async with running(tmp_path, START, CHANGE_SERVICES=services) as bot:
        await bot.started()
        assert (await bot.change()).snapshot.status is SnapshotStatus.FINISHED
        simulator = bot.app.simulator
    assert simulator is not None
    [path] = [path for method, path in simulator.calls if method == "POST" and "/auth/" not in path]
    assert path.endswith(written)
    assert path.startswith("/volume/") is (backend == "public_cloud")
    assert [(snapshot.disk, snapshot.vps_id) for snapshot in simulator.snapshots] == [("data", 4711)]
    read = {path for method, path in simulator.calls if method == "GET"}
    # The account is known: it is not looked for.
    assert not table or read == {"/1/accounts/1234/products", "/1/vps/4711/snapshot"}
