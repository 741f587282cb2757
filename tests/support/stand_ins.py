"""What the rehearsal of docs/operations.md puts on PATH in the place of commands that belong to a whole machine.

`main(NAME, ARGUMENTS)` is that command. Each notes that it was called. `systemctl`, `systemd-run` and `docker` really
start what the unit or compose.yaml says, with its settings, but as this user, without its rights and without an image.
The PostgreSQL behind `docker` is the tests' own, which asks for no password. `pip` installs nothing, `sleep` does not
wait, and the editor fills in what an installer would. `rsync` copies on this machine.
"""

import asyncio
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

NAMES = (
    "systemctl",
    "systemd-run",
    "journalctl",
    "docker",
    "python3",
    "python",
    "pip",
    "chown",
    "rsync",
    "sleep",
    "editor",
)
SETTINGS = {
    "MicrosoftAppId": "5d2c1a70-1111-4222-8333-944455556666",
    "MicrosoftAppPassword": "Zf8~geheim-Q2",
    "MicrosoftAppTenantId": "7a3e4b10-2222-4333-8444-955566667777",
    "DATABASE_PASSWORD": "first",
}
ANNE, DORA = "3f2b8c1e-6a57-4d0f-9b1c-2e7d5a9c4b10", "c0a4d5e6-1b2c-4d3e-8f90-a1b2c3d4e5f6"
SERVICES = f"""admins = ["{ANNE}"]
[[service]]
key = "learn"
name = "Learn"
approver = "{ANNE}"
deputies = ["{DORA}"]
[service.vps]
name = "Hannibal"
"""
PATIENCE_S = 60


def moved(text: str, root: str, ports: Sequence[str]) -> str:
    """The text, with the folders of a machine below `root`, and with ports that are free here."""
    text = re.sub(r"(?<![\w.])/(?=(?:opt|etc|srv|var/lib)/|tmp/changes\.db)", f"{root}/", text)
    text = re.sub(r"(?<![\w.])/app/", f"{root}/opt/change-bot/", text)
    for usual, port in zip(("3978", "3979"), ports, strict=True):
        text = text.replace(f"127.0.0.1:{usual}", f"127.0.0.1:{port}")
    return text


class Machine:
    """The machine of the rehearsal: a folder, two ports, and perhaps a PostgreSQL."""

    def __init__(self) -> None:
        self.root = os.environ["REHEARSAL"]
        self.ports = os.environ["REHEARSAL_PORTS"].split()
        self.folder = Path(self.root)

    def here(self, text: str) -> str:
        return moved(text, self.root, self.ports)

    def environment(self, given: dict[str, str]) -> dict[str, str]:
        """With what keeps it on this machine."""
        own = {"CHANGE_PORT": self.ports[0], "CHANGE_HEALTH_PORT": self.ports[1]}
        kept = ("PATH", "REHEARSAL", "REHEARSAL_PORTS", "REHEARSAL_POSTGRESQL", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY")
        return given | own | {name: os.environ[name] for name in kept if name in os.environ}

    def read(self, file: str) -> dict[str, str]:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
        pairs = (each.partition("=") for each in lines if "=" in each and not each.startswith("#"))
        return {name: value for name, _, value in pairs}

    def journal(self, unit: str) -> Path:
        return self.folder / f"{unit.removesuffix('.service')}.journal"

    def begin(self, name: str, command: Sequence[str], given: dict[str, str], where: str) -> None:
        """Start it, to go on when this command has ended."""
        with self.journal(name).open("ab") as log:
            started = subprocess.Popen(
                command, cwd=where, env=given, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        (self.folder / f"{name}.pid").write_text(str(started.pid), encoding="utf-8")

    def end(self, name: str) -> None:
        """End it, and wait until it has."""
        file = self.folder / f"{name}.pid"
        if not file.exists():
            return
        pid = int(file.read_text(encoding="utf-8"))
        file.unlink()
        os.kill(pid, signal.SIGTERM)
        until(lambda: not _runs(pid), f"{name} ended")

    # -- systemd

    def unit(self, name: str) -> tuple[list[str], dict[str, str], str]:
        """What the unit's file says: the command, its environment, its folder."""
        file = self.folder / "etc" / "systemd" / "system" / f"{name.removesuffix('.service')}.service"
        lines = file.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
        says = [(key, self.here(value)) for key, _, value in (each.partition("=") for each in lines)]
        given = dict(value.split("=", 1) for key, value in says if key == "Environment")
        for key, value in says:
            given |= self.read(value) if key == "EnvironmentFile" else {}
        where = next(value for key, value in says if key == "WorkingDirectory")
        Path(where).mkdir(parents=True, exist_ok=True)
        return shlex.split(next(value for key, value in says if key == "ExecStart")), self.environment(given), where

    def systemctl(self, verb: str, *units: str) -> int:
        names = [each for each in units if not each.startswith("-")]
        if verb in ("stop", "restart"):
            for each in names:
                self.end(each)
        if verb in ("start", "restart", "enable"):
            return max(map(self.start_unit, (each for each in names if not each.endswith(".timer"))), default=0)
        return 0

    def start_unit(self, name: str) -> int:
        command, given, where = self.unit(name)
        if name == "change-bot":
            self.begin(name, command, given, where)
            return 0
        ended = subprocess.run(command, cwd=where, env=given, capture_output=True, check=False)
        with self.journal(name).open("ab") as log:
            log.write(ended.stdout + ended.stderr)
        return 1 if ended.returncode else 0

    def systemd_run(self, *arguments: str) -> int:
        given: dict[str, str] = {}
        files: dict[str, str] = {}
        words = [self.here(each) for each in arguments]
        while words[0].startswith("--"):
            key, _, value = words.pop(0).removeprefix("--property=").partition("=")
            if key == "Environment":
                given |= dict([value.split("=", 1)])
            elif key == "EnvironmentFile":
                files |= self.read(value)
        where = self.folder / "var" / "lib" / "change-bot"
        return subprocess.run(words, cwd=where, env=self.environment(given | files), check=False).returncode

    def journalctl(self, *arguments: str) -> int:
        print(self.journal(arguments[arguments.index("--unit") + 1]).read_text(encoding="utf-8"), end="")
        return 0

    # -- Docker Compose

    def docker(self, compose: str, verb: str, *arguments: str) -> int:
        assert compose == "compose"
        words = [self.here(each) for each in arguments if each != "--rm"]
        names = [each for each in words if not each.startswith("-")]
        match verb:
            case "up" | "stop" | "restart":
                self.replace(verb, names or ["web", "worker", "backup"])
            case "exec" | "run":
                return self.inside(names[0], words[words.index(names[0]) + 1 :])
            case "logs":
                for each in names:
                    print(self.journal(each).read_text(encoding="utf-8"), end="")
            case "ps" | "build":
                print(f"{verb}: nothing is shown here")
            case _:
                raise ValueError(f"the rehearsal knows no docker compose {verb}")
        return 0

    def replace(self, verb: str, names: Sequence[str]) -> None:
        """One of each is enough for a rehearsal; `up` makes a backup at once, as the container does."""
        for each in names:
            self.end(each)
        if verb == "stop":
            return
        for each in names:
            if each in ("web", "worker"):
                command = ["python", self.here("/app/app.py")]
                self.begin(each, command, self.service(each), self.where(each))
        if "web" in names and "worker" in names:
            until(lambda: all(map(_ready, self.ports)), "web and worker are ready")
        if "backup" in names:
            self.inside("backup", ["sh", self.here("/app/deploy/backup.sh")])

    def service(self, name: str) -> dict[str, str]:
        """The environment that compose.yaml gives the service, but for the database."""
        import yaml  # noqa: PLC0415  # most of these commands are over before it would be there

        deploy = self.folder / "opt" / "change-bot" / "deploy"
        read = yaml.safe_load((deploy / "compose.yaml").read_text(encoding="utf-8"))["services"][name]
        given = self.read(str(deploy / ".env")) | read["environment"]
        ours = {
            "CHANGE_DATABASE_URL": os.environ["REHEARSAL_POSTGRESQL"],
            "CHANGE_SERVICES": str(deploy / "services.toml"),
            "PYTHONPATH": str(deploy.parent),
        }
        return self.environment(given | ours)

    def where(self, name: str) -> str:
        return self.here("/app/deploy/backups") if name == "backup" else self.root

    def inside(self, name: str, command: list[str]) -> int:
        if command[0] == "psql":
            [order] = (each.removeprefix("--command=") for each in command if each.startswith("--command="))
            asyncio.run(_psql(order))
            return 0
        return subprocess.run(command, cwd=self.where(name), env=self.service(name), check=False).returncode

    # -- the rest

    def python(self, *arguments: str) -> int:
        if arguments[:2] != ("-m", "venv"):
            os.execv(sys.executable, [sys.executable, *arguments])
        folder = Path(arguments[2]) / "bin"
        folder.mkdir(parents=True)
        for each in ("python", "pip"):
            (folder / each).symlink_to(self.folder / "bin" / each)
        return 0

    def chown(self, *arguments: str) -> int:
        """Whoever runs the tests may give files to nobody else."""
        return 0 if arguments[0].isdigit() else subprocess.call(["/bin/chown", *arguments])

    def rsync(self, *arguments: str) -> int:
        *_, source, target = arguments
        return subprocess.call(["sh", "-c", f"cp -p {source.partition(':')[2]} {shlex.quote(target)}"])

    def editor(self, file: str) -> int:
        path = Path(file)
        if path.name == "services.toml":
            path.write_text(SERVICES, encoding="utf-8")
            return 0
        text = path.read_text(encoding="utf-8")
        for name, value in SETTINGS.items():
            text, count = re.subn(rf"^{name}=$", f"{name}={value}", text, flags=re.MULTILINE)
            assert count or f"{name}=" in text, name
        path.write_text(text, encoding="utf-8")
        return 0


async def _psql(order: str) -> None:
    import asyncpg  # noqa: PLC0415

    connection = await asyncpg.connect(os.environ["REHEARSAL_ADMIN"])
    try:
        await connection.execute(order)
    finally:
        await connection.close()


def _ready(port: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def _runs(pid: int) -> bool:
    """One that nobody has waited for is a zombie, and runs no more."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until(seen: Callable[[], bool], what: str) -> None:
    """Wait until that is so. Raises TimeoutError."""
    ends = time.monotonic() + PATIENCE_S
    while not seen():
        if time.monotonic() > ends:
            raise TimeoutError(what)
        time.sleep(0.1)


def main(name: str, arguments: Sequence[str]) -> int:
    """Be that command; its exit status."""
    machine = Machine()
    with (machine.folder / "called.jsonl").open("a", encoding="utf-8") as called:
        called.write(json.dumps([name, *arguments]) + "\n")
    if name in ("pip", "sleep"):
        return 0
    method = {"systemd-run": "systemd_run", "python3": "python"}.get(name, name)
    return int(getattr(machine, method)(*arguments))
