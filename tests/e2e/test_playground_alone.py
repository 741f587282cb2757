"""Whoever reaches the Playground acts as anybody: it is there for this machine only, and as long as the demo only."""

import asyncio
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local.playground import FOLDER, PlaygroundError, start
from local.playground.node import Node, NodeMissing, find_node, install
from tests.e2e.walk import free_port

ROOT = Path(__file__).parents[2]
DEMO = """
import asyncio, pathlib, sys
from local import playground

async def run():
    _ = await playground.start("http://127.0.0.1:9/api/messages", int(sys.argv[1]), log=pathlib.Path(sys.argv[2]))
    print("It answers.", flush=True)
    await asyncio.Event().wait()

asyncio.run(run())
"""
MESSAGES = "/_conversation/v1/conversations/personal-chat/messages"
FOREIGN = (
    {"Host": "192.0.2.7:56150"},
    {"Host": "rebound.example"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
)


async def test_the_first_installation_is_said_before_it_takes_its_time(tmp_path: Path) -> None:
    (tmp_path / "package-lock.json").write_text("{}")
    (tmp_path / "node_modules").mkdir()
    said: list[str] = []
    npm = Node(Path(sys.executable), (sys.executable, "-c", "pass"))
    await install(tmp_path, npm, said.append)
    await install(tmp_path, npm, said.append)
    assert [line.partition(",")[0] for line in said] == ["Installing Microsoft's Playground"]


async def test_a_playground_that_cannot_have_its_port_says_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PlaygroundError, match=f"Port {port} is taken: end the demo that still runs"):
            await start("http://127.0.0.1:9/api/messages", port=port, log=tmp_path / "playground.log")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process that started the Playground, and its port."""
    has_node()
    port, log = free_port(), tmp_path_factory.mktemp("playground") / "playground.log"
    process = subprocess.Popen(
        [sys.executable, "-c", DEMO, str(port), str(log)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "It answers.\n"
    try:
        yield process, port
    finally:
        process.kill()
        process.communicate()


def test_the_playground_listens_on_loopback_only(demo: tuple[subprocess.Popen[str], int]) -> None:
    _, port = demo
    # Whoever listens on every address of the machine answers at the others too.
    assert [_answers(each, port) for each in ("127.0.0.1", "127.0.0.2", "::1")] == [True, False, False]


@pytest.mark.parametrize("foreign", FOREIGN, ids=str)
def test_a_foreign_page_or_name_is_refused(demo: tuple[subprocess.Popen[str], int], foreign: dict[str, str]) -> None:
    url = f"http://127.0.0.1:{demo[1]}"
    assert httpx.get(url).is_success
    assert httpx.get(url, headers={"Host": f"localhost:{demo[1]}", "Origin": url}).is_success

    for method, path in (("GET", "/"), ("POST", MESSAGES)):
        assert httpx.request(method, f"{url}{path}", headers=foreign).status_code == 403
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "x"}
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(url, headers=upgrade | foreign)


def test_the_playground_ends_when_the_demo_is_killed(demo: tuple[subprocess.Popen[str], int]) -> None:
    process, port = demo
    process.kill()
    process.wait()
    deadline = time.monotonic() + 10
    while _answers("127.0.0.1", port) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _answers("127.0.0.1", port)


async def test_a_playground_with_unreadable_people_shows_the_end_of_its_log(tmp_path: Path) -> None:
    await asyncio.to_thread(has_node)
    folder = tmp_path / "playground"
    folder.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(FOLDER / name, folder)
    (folder / "m365agentsplayground.yml").write_text("version: 0.1.1", encoding="utf-8")

    with pytest.raises(PlaygroundError, match="tenantId"):
        await start("http://127.0.0.1:1/api/messages", free_port(), folder, tmp_path / "playground.log")


def has_node() -> None:
    try:
        asyncio.run(find_node())
    except NodeMissing as missing:
        pytest.skip(str(missing))


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=5).close()
    except OSError:
        return False
    return True
