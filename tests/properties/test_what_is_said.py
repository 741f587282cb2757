"""Whatever is done by whomever: every line in a thread says what is so at the moment it is said."""

from hypothesis import given, settings
from hypothesis import strategies as st

from changes.effects import PostThreadMessage
from changes.notification.thread_messages import ThreadMessage
from tests.properties.test_lifecycle import walk
from tests.support.core import LEARN, Story
from tests.support.truth import TRUTHS, untrue

MOST = 0.8
"""Of the lines. The others are said by the bot itself, by earlier versions, between two changes, or hardly ever."""


def wrong(story: Story) -> list[str]:
    """What the lines of the story said that was not so when the command that brought them was carried out."""
    moments = zip(story.caused, story.became, strict=True)
    said = [(each, of, beside) for each, (of, beside) in moments if isinstance(each, PostThreadMessage)]
    return [found for each, of, beside in said if (found := untrue(each, of, LEARN, beside))]


def test_every_line_has_its_truth() -> None:
    assert set(TRUTHS) == set(ThreadMessage)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_what_a_line_says_is_the_state_it_says_it_of(seed: int) -> None:
    assert wrong(walk(seed)) == []


def test_the_walks_come_to_most_of_the_lines() -> None:
    said: set[ThreadMessage] = set()
    for seed in range(200):
        if len(said) >= MOST * len(ThreadMessage):
            break
        said |= {each.line for each in walk(seed).lines()}
    assert len(said) >= MOST * len(ThreadMessage), set(ThreadMessage) - said
