"""What stands in deploy/ names settings that exist and programs that are there."""

import re
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
                assert (DEPLOY / source).exists() or source == "./services.toml"
    assert (DEPLOY / services["web"]["build"]["context"] / services["web"]["build"]["dockerfile"]).exists()


def test_a_backup_and_a_check_run_as_the_bot_itself_and_with_no_more_rights() -> None:
    def lines(unit: str) -> set[str]:
        text = (DEPLOY / unit).read_text(encoding="utf-8")
        return {each for each in text.partition("[Service]")[2].partition("[Install]")[0].splitlines() if "=" in each}

    rights = {
        each for each in lines("change-bot.service") if re.match(r"No|Pro|Pri|Restrict|Lock|Cap|UM|User|Dyn", each)
    }
    assert len(rights) >= 14
    for unit in ("change-bot-backup.service", "change-bot-check.service"):
        assert rights <= lines(unit)


@pytest.mark.parametrize("secret", [".env", "deploy/.env", "services.toml", "deploy/services.toml", "clouds.yaml"])
def test_nothing_that_is_secret_gets_into_the_image(secret: str) -> None:
    """A pattern without `**/` holds for the top folder only."""
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    assert f"**/{secret.rpartition('/')[2]}" in ignored
