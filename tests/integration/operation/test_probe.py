"""`python app.py probe`: what the token can see, by reading calls only."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

import app as composition
from local import simulator
from local.simulator import Simulator
from settings import LOCAL_SERVICES

SERVICES = Path(composition.__file__).parent / LOCAL_SERVICES
NOW = datetime(2027, 4, 15, 12, tzinfo=UTC)


@pytest.fixture
async def provider() -> AsyncIterator[Simulator]:
    running = await simulator.start(lambda: NOW)
    running.inject_fault("operation-in-progress")
    yield running
    await running.stop()


async def probe(provider: Simulator, folder: Path, more: Mapping[str, str]) -> tuple[int, str, str]:
    """Run the command as a person does; its status and what it printed."""
    environment = {"INFOMANIAK_URL": provider.url, "INFOMANIAK_TOKEN": "very-secret", "CHANGE_SERVICES": str(SERVICES)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(Path(composition.__file__)), "probe"),
        cwd=folder,
        env=environment | dict(more),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, complained = await process.communicate()
    assert b"very-secret" not in printed + complained
    assert process.returncode is not None
    return process.returncode, printed.decode(), complained.decode()


async def test_the_probe_shows_accounts_servers_and_snapshots_and_only_reads(
    provider: Simulator, tmp_path: Path
) -> None:
    status, printed, _ = await probe(provider, tmp_path, {})

    assert status == 0
    assert "The token is accepted. It sees 1 account." in printed
    assert "Hannibal: id 4711, has_operation_in_progress" in printed
    assert "Hannibal is product 4711, with 1 snapshot:" in printed
    assert "data, 'creating' (running)" in printed
    assert {method for method, _ in provider.calls} == {"GET"}


@pytest.mark.parametrize(
    ("fault", "said"),
    [("unauthorised", "INFOMANIAK_TOKEN"), ("forbidden", "may not do this"), ("error-503", "fault on its side")],
)
async def test_what_the_token_cannot_see_is_said_and_the_status_tells_it(
    provider: Simulator, tmp_path: Path, fault: str, said: str
) -> None:
    provider.inject_fault(fault, times=None)

    status, printed, _ = await probe(provider, tmp_path, {})

    assert status == 1
    assert "PROBLEM" in printed
    assert said in printed


async def test_a_server_that_is_not_there_and_a_path_that_is_wrong_are_said_and_the_others_are_shown(
    provider: Simulator, tmp_path: Path
) -> None:
    services = tmp_path / "services.toml"
    [before, learn] = SERVICES.read_text(encoding="utf-8").split("[[service]]", 1)
    missing = learn.replace('key = "learn"', 'key = "lost"').replace('name = "Hannibal"', 'name = "Hanno"')
    missing = missing.replace('name = "ISC Learn Platform"', 'name = "ISC Library"')
    services.write_text(f"{before}[[service]]{learn}\n[[service]]{missing}", encoding="utf-8")

    status, printed, _ = await probe(provider, tmp_path, {"CHANGE_SERVICES": str(services)})

    assert status == 1
    assert "PROBLEM  Hanno: Infomaniak shows no VPS called Hanno" in printed
    assert "Hannibal is product 4711, with 1 snapshot:" in printed

    services.write_text(
        SERVICES.read_text(encoding="utf-8") + '\n[vps_api.paths]\nsnapshots = "/2/{vps_id}"\n', encoding="utf-8"
    )
    status, printed, _ = await probe(provider, tmp_path, {"CHANGE_SERVICES": str(services)})

    assert status == 1
    assert "PROBLEM  Hannibal: Infomaniak does not know this server or snapshot." in printed
    assert {method for method, _ in provider.calls} == {"GET"}


async def test_without_a_token_it_says_what_to_set(provider: Simulator, tmp_path: Path) -> None:
    status, _, complained = await probe(provider, tmp_path, {"INFOMANIAK_TOKEN": ""})

    assert status == 2
    assert "Set INFOMANIAK_URL and INFOMANIAK_TOKEN" in complained
