"""docs/operations.md, word by word: each of its blocks is run, in order, both ways; each alert has an answer there.

What is not real is said in tests/support/stand_ins.py. The folders of the page lie below the test's own, and the ports
are free ones.
"""

import asyncio
import json
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import pytest
import yaml

from application.ports import LINKS_SECRET, UserProfile
from application.retry_log import RetryLog
from bot.commands.command_words import VERBS
from changes.model import Person
from dialogs.command_table import COMMANDS
from storage import open_store
from tests.support.autocommit import autocommit
from tests.support.postgres import Server
from tests.support.stand_ins import NAMES, moved

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "operations.md"
BLOCK = re.compile(r"^```(.*)\n((?:(?!```).*\n)*)```$", re.MULTILINE)
LEAVING = Person("00000000-0000-0000-0000-000000000029", "Somebody Leaving")
LEFT_OUT = shutil.ignore_patterns(
    *(".git", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", "__pycache__", "node_modules"),
    *("var", "dist", "tests", "bench", "pictures", "cards.md"),
)


def blocks(way: str) -> list[tuple[str, str]]:
    """The blocks of one way in order, each with the title of its section."""
    found = []
    for section in re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title = section.partition("\n")[0]
        found += [(title, text) for kind, text in BLOCK.findall(section) if kind == f"sh {way}"]
    return found


@dataclass(slots=True)
class Rehearsal:
    """A machine below a folder of the test, on which the blocks are run."""

    folder: Path
    given: dict[str, str]
    said: dict[str, str] = field(default_factory=dict)

    def run(self, title: str, block: str) -> None:
        """The block in a shell that ends at the first command that fails."""
        text = moved(block, str(self.folder), self.given["REHEARSAL_PORTS"].split())
        ended = subprocess.run(
            ["sh", "-eu", "-c", text], cwd=self.folder, env=self.given, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, f"{title}\n{block}\n{ended.stdout[-3000:]}\n{ended.stderr[-3000:]}"
        self.said[title] = self.said.get(title, "") + ended.stdout

    def called(self) -> list[list[str]]:
        return [json.loads(line) for line in (self.folder / "called.jsonl").read_text(encoding="utf-8").splitlines()]

    def did(self, *words: str) -> bool:
        return list(words) in self.called()


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    for each in ("git", "curl", "jq"):
        if shutil.which(each) is None:
            pytest.skip(f"the rehearsal needs {each}")
    origin, folder = tmp_path / "origin", tmp_path / "machine"
    (folder / "bin").mkdir(parents=True)
    for each in ("opt", "etc/systemd/system", "etc/caddy", "var/lib", "srv", "tmp"):
        (folder / each).mkdir(parents=True)
    for each in NAMES:
        file = folder / "bin" / each
        file.write_text(f'#!/bin/sh\nexport PYTHONPATH_OF="${{PYTHONPATH:-}}"\nexec {_standing_in(each)} "$@"\n')
        file.chmod(0o755)
    with closing(socket.socket()) as first, closing(socket.socket()) as second:
        for free in (first, second):
            free.bind(("127.0.0.1", 0))
        ports = f"{first.getsockname()[1]} {second.getsockname()[1]}"
    given = {
        "PATH": f"{folder}/bin:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(folder),
        "EDITOR": "editor",
        "REHEARSAL": str(folder),
        "REHEARSAL_PORTS": ports,
        # Nothing talks to anybody outside: this is nobody's port.
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "127.0.0.1",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{origin}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://git.example.ch/change-bot.git",
    }
    _published(origin)
    machine = Rehearsal(folder, given)
    yield machine
    for file in folder.glob("*.pid"):
        subprocess.run(["kill", file.read_text(encoding="utf-8")], check=False)


def _standing_in(name: str) -> str:
    """A program of the page's own is run as it is; its stand-in is found whatever folder it is called in."""
    if name == "python":
        return sys.executable
    run = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from tests.support.stand_ins import main; "
    return f"{sys.executable} -c {_quoted(run + f'sys.exit(main({name!r}, sys.argv[1:]))')}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _published(origin: Path) -> None:
    """The repository with two versions, of which the second says that it is one."""
    shutil.copytree(ROOT, origin, ignore=LEFT_OUT)
    about = origin / "pyproject.toml"

    def git(*words: str) -> None:
        who = ("-c", "user.name=A", "-c", "user.email=a@example.ch", "-c", "init.defaultBranch=main")
        subprocess.run(["git", *who, *words], cwd=origin, check=True, capture_output=True)

    git("init")
    for version in ("1.0.0", "1.0.1"):
        text = re.sub(
            r'^version = "[^"]*"', f'version = "{version}"', about.read_text(encoding="utf-8"), flags=re.MULTILINE
        )
        about.write_text(text, encoding="utf-8")
        git("add", "--all", "--force")
        git("commit", "--allow-empty", "--message", version)
        git("tag", f"v{version}")


async def _put_somebody(url: str) -> None:
    store = await open_store(url, RetryLog())
    unit = autocommit(store)
    await unit.people.upsert([UserProfile(LEAVING, "29:leaving", "fr")])
    await unit.settings.put(LINKS_SECRET, "shown to the world")
    await store.close()


async def _kept(url: str) -> tuple[bool, bool]:
    """Whether the person, and the key of addresses, are still there."""
    store = await open_store(url, RetryLog())
    unit = autocommit(store)
    found = await unit.people.get(LEAVING.id), await unit.settings.get(LINKS_SECRET)
    await store.close()
    return found[0] is not None, found[1] is not None


def _rehearse(machine: Rehearsal, way: str, url: str) -> None:
    """Everything in order; whoever was there is looked for after each section."""
    for title, block in blocks(way):
        if title == "Is it well?":
            asyncio.run(_put_somebody(url))
        machine.run(title, block)
        if title in ("Roll back", "Restore"):
            assert asyncio.run(_kept(url)) == (True, True), title
        elif title == "Forget a person":
            assert asyncio.run(_kept(url)) == (False, True)
    assert asyncio.run(_kept(url)) == (False, False), "the keys of addresses were revoked"
    assert "Change bot 1.0.1" in machine.said["Upgrade"]
    assert "was forgotten" in machine.said["Forget a person"]
    assert "nothing is left" in machine.said["Forget a person"]
    assert "The settings can be read: production mode" in machine.said["Is it well?"]
    assert "change_workers 1" in machine.said["Look"]
    assert re.search(r'change_process{[^}]*version="1\.0\.0"', machine.said["Look"])


@pytest.mark.in_turns("runbook")
def test_one_process_is_operated_as_the_page_says(rehearsal: Rehearsal) -> None:
    _rehearse(rehearsal, "one", f"sqlite+aiosqlite:///{rehearsal.folder}/var/lib/change-bot/changes.db")
    assert rehearsal.did(
        *["systemctl", "enable", "--now", "change-bot", "change-bot-backup.timer", "change-bot-check.timer"]
    )
    assert rehearsal.did("systemctl", "reload", "caddy")
    caddy = (rehearsal.folder / "etc" / "caddy" / "Caddyfile").read_text(encoding="utf-8")
    assert "\nchange.example.ch {" in caddy
    assert (rehearsal.folder / "etc" / "change-bot" / "settings.env").stat().st_mode & 0o077 == 0
    assert list((rehearsal.folder / "srv" / "change-bot-backups").glob("backup-[1-7].gz"))


@pytest.mark.in_turns("runbook")
def test_several_processes_are_operated_as_the_page_says(rehearsal: Rehearsal, server: Server) -> None:
    admin = server.url.replace("+asyncpg", "")

    def ordered(*orders: str) -> None:
        asyncio.run(_ordered(admin, orders))

    gone = [f"DROP DATABASE IF EXISTS {each}" for each in ("change", "change_rolled_back", "change_damaged")]
    ordered(*gone, "DROP ROLE IF EXISTS change", "CREATE ROLE change SUPERUSER LOGIN", "CREATE DATABASE change")
    url = server.url.replace("/postgres?", "/change?")
    rehearsal.given |= {"REHEARSAL_POSTGRESQL": url, "REHEARSAL_ADMIN": admin}
    try:
        _rehearse(rehearsal, "several", url)
        password = re.search(r"^DATABASE_PASSWORD=([0-9a-f]{48})$", _env(rehearsal), flags=re.MULTILINE)
        assert password is not None
        asked = [each[-1] for each in rehearsal.called() if each[:4] == ["docker", "compose", "exec", "database"]]
        assert f"--command=ALTER USER change PASSWORD '{password[1]}'" in asked
        assert rehearsal.did(*["docker", "compose", "up", "--build", "--detach", "--wait"])
        assert rehearsal.did("chown", "10001", "backups")
    finally:
        for file in rehearsal.folder.glob("*.pid"):
            subprocess.run(["kill", file.read_text(encoding="utf-8")], check=False)
            file.unlink()
        ordered(*(f"{each} WITH (FORCE)" for each in gone), "DROP ROLE change")


def _env(machine: Rehearsal) -> str:
    return (machine.folder / "opt" / "change-bot" / "deploy" / ".env").read_text(encoding="utf-8")


async def _ordered(admin: str, orders: tuple[str, ...]) -> None:
    connection = await asyncpg.connect(admin)
    try:
        for each in orders:
            await connection.execute(each)
    finally:
        await connection.close()


def test_every_block_says_which_way_it_is_for_and_both_ways_do_the_same() -> None:
    kinds = [kind for kind, _ in BLOCK.findall(PAGE.read_text(encoding="utf-8"))]
    assert set(kinds) == {"sh one", "sh several"}
    assert len(kinds) * 2 == PAGE.read_text(encoding="utf-8").count("```")
    one, several = ({title for title, _ in blocks(way)} for way in ("one", "several"))
    assert one == several
    wanted = {
        "Install",
        "Upgrade",
        "Roll back",
        "Back up off the machine",
        "Restore",
        "Forget a person",
        "Rotate a secret",
        "Look",
    }
    assert wanted <= one


def test_each_alert_has_an_answer_and_no_answer_is_to_an_alert_that_is_gone() -> None:
    rules = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text(encoding="utf-8"))
    alerts = [rule["alert"] for group in rules["groups"] for rule in group["rules"]]
    answered = re.findall(r"^### (\w+)\n\n(.+)", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert [name for name, _ in answered] == alerts
    assert all(len(text) > 80 for _, text in answered)


def test_the_page_names_commands_of_the_bot_that_exist() -> None:
    named = set(re.findall(r"`/change (\w+)", PAGE.read_text(encoding="utf-8")))
    assert {"admin", "feed", "cancel"} <= named
    assert named <= set(COMMANDS) | set(VERBS)
