"""A real DokuWiki on this machine: Debian's, copied into a folder of the test's own and served by PHP itself.

Nothing is installed for it: `apt-get install --no-install-recommends dokuwiki php-cli` is somebody's own decision.
"""

import asyncio
import hashlib
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

PROGRAM, CONFIGURATION, DATA = Path("/usr/share/dokuwiki"), Path("/etc/dokuwiki"), Path("/var/lib/dokuwiki/data")
PASSWORD = "Sehr-geheim&<1"
MISSING = "needs a DokuWiki: apt-get install --no-install-recommends dokuwiki php-cli"
_LOCAL = """<?php
$conf['title'] = 'Wiki';
$conf['useacl'] = 1;
$conf['superuser'] = '@admin';
$conf['remote'] = 1;
$conf['remoteuser'] = '@bots';
$conf['savedir'] = '{data}';
$conf['updatecheck'] = 0;
$conf['breadcrumbs'] = 0;
"""


def is_there() -> bool:
    """Whether both are installed."""
    return PROGRAM.is_dir() and DATA.is_dir() and shutil.which("php") is not None


def _php(code: str, argument: str) -> str:
    return subprocess.run(["php", "-r", code, argument], capture_output=True, text=True, check=True).stdout


@dataclass(frozen=True, slots=True)
class Wiki:
    """Where it is, and where its files are."""

    url: str
    data: Path

    def source(self, page: str) -> str:
        """The page as it is stored."""
        return (self.data / "pages" / (page.replace(":", "/") + ".txt")).read_text(encoding="utf-8")

    def revisions(self, page: str) -> int:
        """How often the page was saved with a change."""
        changes = self.data / "meta" / (page.replace(":", "/") + ".changes")
        return len(changes.read_text(encoding="utf-8").splitlines())

    def lock(self, page: str) -> Path:
        """Somebody else edits the page, until the file is removed."""
        digest = hashlib.md5(page.encode(), usedforsecurity=False).hexdigest()
        path = self.data / "locks" / f"{digest}.lock"
        path.write_text("somebody", encoding="utf-8")
        return path

    async def shown(self, page: str) -> str:
        """The page as a browser gets it."""
        async with httpx.AsyncClient(timeout=30) as client:
            return (await client.get(f"{self.url}/doku.php", params={"id": page})).text


@asynccontextmanager
async def wiki(folder: Path) -> AsyncIterator[Wiki]:
    """It runs, with a user `bot` that may write below `changes`, and one that may not, `guest`."""
    root, conf, data = folder / "wiki", folder / "conf", folder / "data"
    for source, target in ((PROGRAM, root), (CONFIGURATION, conf), (DATA, data)):
        shutil.copytree(source, target, ignore_dangling_symlinks=True)
    (root / "inc" / "preload.php").write_text(f"<?php define('DOKU_CONF', '{conf}/');\n", encoding="utf-8")
    (conf / "local.php").write_text(_LOCAL.replace("{data}", str(data)), encoding="utf-8")
    hashed = await asyncio.to_thread(_php, "echo password_hash($argv[1], PASSWORD_BCRYPT);", PASSWORD)
    people = "".join(f"{name}:{hashed}:{name}:{name}@example.ch:bots\n" for name in ("bot", "guest"))
    (conf / "users.auth.php").write_text(people, encoding="utf-8")
    (conf / "acl.auth.php").write_text("*\t@ALL\t1\nchanges:*\tbot\t4\n", encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (folder / "php.log").open("wb")
    php = await asyncio.create_subprocess_exec(
        "php", "-S", f"127.0.0.1:{port}", "-t", str(root), stdout=log, stderr=log, stdin=asyncio.subprocess.DEVNULL
    )
    try:
        await _listens(port)
        yield Wiki(f"http://127.0.0.1:{port}", data)
    finally:
        php.terminate()
        await php.wait()
        log.close()


async def _listens(port: int) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
