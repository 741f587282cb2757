"""What the start of the process does to the garbage collector, and what an import of it does not."""

import gc
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import command_line
from changes.notification import NOTICE_LANGUAGES
from language.catalogues import load

ROOT = Path(__file__).parents[3]


@pytest.fixture
def starting() -> Iterator[None]:
    """The collector as it is while `python app.py` starts."""
    gc.disable()
    load.cache_clear()
    yield
    gc.unfreeze()
    gc.enable()


def test_importing_the_service_leaves_the_garbage_collector_as_it_was() -> None:
    asked = "import app, gc; print(gc.isenabled(), gc.get_freeze_count())"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=ROOT)

    assert told.stdout.split() == ["True", "0"]


@pytest.mark.usefixtures("starting")
def test_once_it_is_warm_the_catalogues_are_loaded_and_what_was_built_is_never_searched_for_garbage_again() -> None:
    command_line.warm_up()

    assert load.cache_info().currsize >= len(NOTICE_LANGUAGES)
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
