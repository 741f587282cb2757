"""A rehearsal is one line of the history, and is played: nothing of the change is otherwise, no program hears of it."""

from dataclasses import replace

import pytest

from changes import commands as c
from changes import events as e
from changes.effects import PlayRehearsal
from changes.lifecycle import handle
from changes.policy import Tools
from tests.support.builder import a_change
from tests.support.core import LEARN, NADIA

TOLD = replace(LEARN, tools=Tools(("all",), has_silences=True, has_wiki=True))


@pytest.mark.parametrize("way", ["draft", "scheduled", "in progress", "incident", "completed"])
def test_a_rehearsal_changes_nothing_but_the_history(way: str) -> None:
    story = a_change(way, service=TOLD)
    before = story.now_it_is
    made = handle(before, len(story.entries), c.NoteRehearsal(NADIA, is_bad=True), story.last, "chat", TOLD)
    assert [each.event for each in made.entries] == [e.Rehearsed(is_bad=True)]
    assert made.change == before
    assert [replace(each, key="") for each in made.effects] == [PlayRehearsal("", before.id, NADIA, is_bad=True)]
