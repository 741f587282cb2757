"""Headless Chromium sometimes stops drawing a page of the Playground: a browser test gets a second try."""

import pytest
from _pytest.runner import runtestprotocol


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a browser test again, once, when it failed; any other test as usual."""
    if item.get_closest_marker("browser") is None:
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = runtestprotocol(item, nextitem=item, log=False)
    if any(report.failed for report in reports):
        print(f"\n{item.name} failed in the browser; trying it once more.")  # noqa: T201  # shown with -s and on failure
        item._initrequest()  # type: ignore[attr-defined]  # fresh fixtures, as pytest makes them itself
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
