"""Headless Chromium sometimes stops drawing a page of the Playground: a browser test gets other tries."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let each browser test be run again, twice at most, when it failed; any other test as usual."""
    for item in items:
        if item.get_closest_marker("browser") is not None:
            item.add_marker(pytest.mark.flaky(reruns=2))
