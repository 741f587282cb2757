"""What stands in deploy/ names settings that exist and programs that are there."""

import re
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

import settings
from settings.model import NAMES

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
OWN = {"DATABASE_PASSWORD", "CHANGE_DOMAIN", "CHANGE_UPSTREAM"}
"""What these files themselves put in."""


def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return read


@pytest.mark.parametrize("file", sorted(each.name for each in DEPLOY.iterdir()))
def test_every_setting_that_is_named_exists(file: str) -> None:
    text = (DEPLOY / file).read_text(encoding="utf-8")
    named = set(re.findall(r"\b(?:CHANGE|GRAPH|INFOMANIAK|DATABASE)_[A-Z_]+|\bMicrosoftApp[A-Z]\w+", text))
    assert named <= set(NAMES.values()) | OWN


def test_there_are_two_of_each_role_on_one_postgresql_with_time_to_end() -> None:
    services = compose()["services"]
    for role in ("web", "worker"):
        assert services[role]["environment"]["CHANGE_ROLE"] == role
        assert role in get_args(settings.Role)
        assert services[role]["deploy"]["replicas"] >= 2
        assert services[role]["environment"]["CHANGE_DATABASE_URL"].startswith("postgresql+asyncpg://")
    assert compose()["services"]["worker"]["stop_grace_period"] == "15s"
    assert "TimeoutStopSec=15" in (DEPLOY / "change-bot.service").read_text(encoding="utf-8")


def test_everything_that_is_mounted_or_built_is_there_or_is_the_installers_own() -> None:
    services = compose()["services"]
    for service in services.values():
        for each in service.get("volumes", []):
            source = each.partition(":")[0]
            if source.startswith("./"):
                assert (DEPLOY / source).exists() or source in ("./services.toml", "./backups")
    assert (DEPLOY / services["web"]["build"]["context"] / services["web"]["build"]["dockerfile"]).exists()


UNITS = sorted(DEPLOY.glob("*.service"))
SETTLED = "EnvironmentFile=/etc/change-bot/settings.env"


def lines(unit: Path) -> list[str]:
    """What the unit says of its service."""
    text = unit.read_text(encoding="utf-8")
    return [each for each in text.partition("[Service]")[2].partition("[Install]")[0].splitlines() if "=" in each]


def test_a_backup_and_a_check_run_as_the_bot_itself_and_with_no_more_rights() -> None:
    def rights(unit: Path) -> set[str]:
        named = r"No|Pro|Pri|Restrict|Lock|Cap|UM|Dyn|Mem|Sys|Dev|Amb|Key|Rem"
        return {each for each in lines(unit) if re.match(named, each)}

    own = rights(DEPLOY / "change-bot.service")
    assert len(own) >= 28
    assert len(UNITS) == 4
    for unit in UNITS:
        assert own <= rights(unit), unit.name
        assert unit.name.startswith("change-bot-failed") or "User=change-bot" in lines(unit)


def test_every_unit_but_the_one_that_tells_has_the_settings_and_tells_when_it_fails() -> None:
    for unit in UNITS:
        is_telling = unit.name == "change-bot-failed@.service"
        assert (SETTLED in lines(unit)) is not is_telling, unit.name
        told = "OnFailure=change-bot-failed@%n.service" in unit.read_text(encoding="utf-8").splitlines()
        assert told is not is_telling, unit.name
    timed = {each.stem for each in DEPLOY.glob("*.timer")}
    assert timed == {"change-bot-backup", "change-bot-check"}
    assert "RestartPreventExitStatus=2" in lines(DEPLOY / "change-bot.service")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_the_exposure_of_each_unit_is_1_5_or_better(unit: Path) -> None:
    if (analyze := shutil.which("systemd-analyze")) is None:
        pytest.skip("the exposure is reckoned by systemd-analyze, which is not here")
    asked = [analyze, "security", "--offline=true", "--threshold=15", "--no-pager", str(unit)]
    told = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout[-300:] + told.stderr


def test_the_image_is_one_base_and_asks_for_its_health() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^ARG BASE=python:3\.\d+-slim@sha256:[0-9a-f]{64}$", text, flags=re.MULTILINE)
    assert set(re.findall(r"^FROM (\S+)", text, flags=re.MULTILINE)) == {"$BASE"}
    assert 'CMD ["python", "/app/deploy/healthy.py"]' in text


@pytest.mark.parametrize(("role", "setting"), [("web", "CHANGE_PORT"), ("worker", "CHANGE_HEALTH_PORT")])
def test_the_image_is_healthy_when_the_process_of_its_role_is_ready(role: str, setting: str) -> None:
    ready = True

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if ready and self.path == "/readyz" else 503)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def health() -> subprocess.CompletedProcess[str]:
            given = {"CHANGE_ROLE": role, setting: str(server.server_port)}
            program = [sys.executable, str(DEPLOY / "healthy.py")]
            return subprocess.run(program, env=given, capture_output=True, text=True, check=False)

        assert health().returncode == 0
        ready = False
        assert health().returncode == 1
        assert "503" in health().stderr
        server.shutdown()
    assert health().returncode == 1


def test_every_container_of_the_bot_is_asked_for_its_health_and_the_proxy_knows_every_web() -> None:
    services = compose()["services"]
    assert set(services) == {"database", "web", "worker", "backup", "proxy"}
    for name in ("database", "backup", "proxy"):
        assert services[name]["healthcheck"]["test"]
    replicas = range(1, services["web"]["deploy"]["replicas"] + 1)
    assert services["proxy"]["environment"]["CHANGE_UPSTREAM"].split() == [
        f"{compose()['name']}-web-{each}:3978" for each in replicas
    ]
    caddy = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    assert "health_uri /healthz" in caddy
    assert "not path /api/v1/*" in caddy.partition("lb_retry_match {")[2].partition("}")[0], "a draft is written once"
    assert services["backup"]["environment"]["CHANGE_DATABASE_URL"].startswith("postgresql")


def test_what_is_taken_out_of_the_packages_is_what_nobody_reads(tmp_path: Path) -> None:
    kept = (
        "babel/locale-data/en_GB.dat",
        "babel/locale-data/root.dat",
        "babel/global.dat",
        "holidays/ch.py",
        "testing/a.py",
    )
    gone = ("babel/locale-data/ja.dat", "x/tests/test_x.py", "x/fast.c", "x/fast.pyx")
    for each in kept + gone:
        (tmp_path / each).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / each).touch()
    subprocess.run(["sh", str(DEPLOY / "slim.sh"), str(tmp_path)], check=True)
    left = {each.relative_to(tmp_path).as_posix() for each in tmp_path.rglob("*") if each.is_file()}
    assert left == set(kept)


@pytest.mark.parametrize("secret", [".env", "deploy/.env", "services.toml", "deploy/services.toml", "clouds.yaml"])
def test_nothing_that_is_secret_gets_into_the_image(secret: str) -> None:
    """A pattern without `**/` holds for the top folder only."""
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    assert f"**/{secret.rpartition('/')[2]}" in ignored
