"""`python app.py` and the demo at a terminal: what they cannot do is one line, never a traceback."""

import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import app as composition
import command_line
from http_server import CannotListen
from settings import from_environment
from tests.support.running import environment

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("program", [["app.py"], ["-m", "local.demo"]], ids=["app", "demo"])
def test_a_taken_port_is_one_line_that_says_what_to_do(program: list[str], tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        given = {
            "CHANGE_MODE": "local",
            "CHANGE_PORT": str(port),
            "CHANGE_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/changes.db",
        }
        ended = subprocess.run(
            [sys.executable, *program], cwd=ROOT, env=given, capture_output=True, text=True, check=False
        )
    *logged, last = ended.stderr.splitlines()
    assert last == f"Port {port} is taken: stop what listens there, or set CHANGE_PORT."
    assert [line for line in logged if "[info" not in line] == []
    assert ended.returncode == 2


async def test_an_address_of_another_machine_is_a_sentence_too(tmp_path: Path) -> None:
    app = await composition.build(replace(from_environment(environment(tmp_path), tmp_path / ".env"), host="192.0.2.1"))
    try:
        with pytest.raises(CannotListen, match=r"cannot listen on 192.0.2.1 .*: set CHANGE_HOST to an address"):
            await app.start()
    finally:
        await app.close()


def test_a_database_that_is_away_is_no_wrong_setting_and_another_start_may_find_it(tmp_path: Path) -> None:
    """With 2 systemd would leave the bot down after a reboot that PostgreSQL needs longer for."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # and does not listen
        given = environment(tmp_path) | {
            "CHANGE_DATABASE_URL": f"postgresql+asyncpg://change@127.0.0.1:{closed.getsockname()[1]}/change"
        }
        ended = subprocess.run(
            [sys.executable, "app.py"], cwd=ROOT, env=given, capture_output=True, text=True, check=False
        )
    *_, last = ended.stderr.splitlines()
    assert last.startswith("The database postgresql+asyncpg://change@127.0.0.1:")
    assert "cannot be opened" in last
    assert ended.returncode == 1
    assert "RestartPreventExitStatus=2\n" in (ROOT / "deploy" / "change-bot.service").read_text(encoding="utf-8")


@pytest.mark.parametrize("asked", ["--help", "-h", "help"])
def test_whoever_asks_for_help_gets_it_and_no_error(asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main([asked], composition.build) == 0
    assert capsys.readouterr() == (f"{command_line.USAGE}\n", "")
    assert command_line.main(["something"], composition.build) == 2
    assert capsys.readouterr() == ("", f"{command_line.USAGE}\n")


def test_the_check_says_each_mistake_of_the_services_on_a_line_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    services = tmp_path / "services.toml"
    services.write_text('[[service]]\nkey = "learn"\nname = ""\ntimezone = "Europe"\ncolour = "red"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHANGE_MODE", "local")
    monkeypatch.setenv("CHANGE_PORT", "1")
    monkeypatch.setenv("CHANGE_SERVICES", str(services))
    assert command_line.main(["check"], composition.build) == 1
    said = capsys.readouterr().out.splitlines()
    about = [line for line in said if str(services) in line]
    assert [line.count(str(services)) for line in about] == [1] * 5
    assert all(line.startswith("!!  ") for line in about)
    assert any("that is no time zone; Europe/Zurich is one" in line for line in about)
