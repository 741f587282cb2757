"""What holds for every test: no test talks to anything but this machine."""

import gc
import ipaddress
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import certifi
import hypothesis
import pytest
from aiohttp import web_app

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController


class Amount(NamedTuple):
    """How much a long test does: in every run, and in `make test-long`, which has hours."""

    in_every_run: int
    in_full: int
    what: str


AMOUNTS = {
    "bodies": Amount(500, 20_000, "bodies that are thrown at the door"),
    "requests": Amount(200, 100_000, "requests that are thrown at the API"),
    "kills": Amount(9, 200, "kills of the bot on a bad day; from 50 on a good one too"),
    "stride": Amount(3, 1, "kill at every such boundary of a life; 1 for every one"),
    "mails": Amount(200, 2000, "mails that are sent through a bad day"),
    "text": Amount(20_000, 250_000, "characters of the worst texts; 250000 fill a body"),
    "away": Amount(6, 30, "seconds for which PostgreSQL is stopped"),
    "steps": Amount(200, 2000, "due steps that two replicas share while they are killed"),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """One option for all that is long, and one for each."""
    parser.addoption(
        "--seed", type=int, help="where the tests begin that do only some of all in a run; see the first lines"
    )
    parser.addoption("--long", action="store_true", help="everything in full, as `make test-long` does")
    for name, amount in AMOUNTS.items():
        parser.addoption(
            f"--{name}", type=int, help=f"{amount.what}: {amount.in_every_run}, or {amount.in_full} with --long"
        )


# How long an example takes depends on what else the machine does.
for _profile, _examples in (("quick", 20), ("suite", 60), ("long", 1000)):
    hypothesis.settings.register_profile(
        _profile,
        max_examples=_examples,
        deadline=None,
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
    )
hypothesis.settings.load_profile("suite")

_IN_MEMORY = Path("/dev/shm")  # noqa: S108  # a folder of pytest's own lies in it
_ROOM = 4 << 30


def pytest_configure(config: pytest.Config) -> None:
    """Settle how much is done, and let the files of tests lie in memory where there is room.

    A disk that stands still for three seconds would look like a database that is away, which is another test.
    """
    if config.getoption("seed") is None:
        config.option.seed = getattr(config, "workerinput", {}).get("seed", Random().randrange(1000))
    for name, amount in AMOUNTS.items():
        if config.getoption(name) is None:
            setattr(config.option, name, amount.in_full if config.getoption("long") else amount.in_every_run)
    if _IN_MEMORY.is_dir() and os.access(_IN_MEMORY, os.W_OK) and shutil.disk_usage(_IN_MEMORY).free > _ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_IN_MEMORY))  # noqa: TID251  # it is pytest's setting
    _trust_one_authority()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: "WorkerController") -> None:
    """Give every process of a run one seed: options that were not typed are not handed on to them."""
    node.workerinput["seed"] = node.config.getoption("seed")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Three processes for two cores: a third of the time a test waits, for a disk, a server, a browser or a timer."""
    return max(1, (os.cpu_count() or 1) * 3 // 2)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of those that are marked to take turns each run takes the next one, and `--long` all."""
    turns: dict[str, list[pytest.Item]] = {}
    for item in items:
        if (mark := item.get_closest_marker("in_turns")) is not None:
            turns.setdefault(str(mark.args[0]), []).append(item)
    if config.getoption("--long") or not turns:
        return
    seed = int(config.getoption("seed"))
    left_out = {each for alike in turns.values() for each in alike if each is not alike[seed % len(alike)]}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [each for each in items if each not in left_out]


def pytest_report_header(config: pytest.Config) -> str:
    """What to add for the same selection once more."""
    return f"--seed={config.getoption('seed')}"


def _trust_one_authority() -> None:
    """Let every HTTP client read one certificate of an authority in the place of all: no test leaves this machine."""
    first, end, _others = certifi.contents().partition("-----END CERTIFICATE-----\n")
    path = Path(tempfile.gettempdir()) / "change-bot-tests-authority.pem"
    mine = path.with_suffix(f".{os.getpid()}")
    mine.write_text(first + end, encoding="utf-8")
    mine.replace(path)  # in one step: the workers beside this one read it
    os.environ.setdefault("SSL_CERT_FILE", str(path))  # noqa: TID251  # it is OpenSSL's setting


_guard = {"on": False, "installed": False}


def _is_loopback(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse_the_network(event: str, args: tuple[object, ...]) -> None:
    """Fail the test that connects, sends or looks up a name outside the loopback.

    The failure is not an Exception: code that forgives a failed connection must not forgive this one.
    """
    if not _guard["on"]:
        return
    match event, args:
        case ("socket.connect" | "socket.sendto", (_, (host, *_))):
            pass
        case ("socket.getaddrinfo" | "socket.gethostbyname", (host, *_)) if host:
            pass
        case _:
            return
    if not _is_loopback(host):
        pytest.fail(f"The test reaches for {host!r}; tests may only talk to the loopback.", pytrace=True)


@pytest.fixture(autouse=True, scope="session")
def only_loopback() -> Iterator[None]:
    """Hold every socket to the loopback; nothing is patched, the interpreter itself reports each use."""
    if not _guard["installed"]:
        sys.addaudithook(_refuse_the_network)  # stays until the process ends: there is no way to remove it
        _guard["installed"] = True
    _guard["on"] = True
    gc.collect()
    gc.freeze()  # what was imported is no garbage, and is not gone through again for each test
    yield
    _guard["on"] = False


@pytest.fixture(autouse=True)
def nothing_stays_of_a_bot() -> Iterator[None]:
    """Let go of a test's bot when the test is through.

    aiohttp remembers the handlers of a thousand applications, and each of ours holds its whole bot: collecting the
    garbage of them all would stand still for longer than the bot waits for its database.
    """
    yield
    web_app._cached_build_middleware.cache_clear()  # there is no public way
