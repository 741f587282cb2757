"""Headless Chromium sometimes stops drawing a page of the Playground: a browser test gets other tries."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from local.playground import FOLDER
from local.playground.node import find_node, install
from tests.e2e.playground import browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """A browser for all tests of a module, with what npm brings beside it."""
    await install(FOLDER, await find_node())
    async with browser() as opened:
        yield opened


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let each browser test be run again, twice at most, when it failed; any other test as usual."""
    for item in items:
        if item.get_closest_marker("browser") is not None:
            item.add_marker(pytest.mark.flaky(reruns=2))
