"""No function that takes people's text is stopped by it: each is found by walking the code, and called with the worst.

A function that nobody knows how to call fails the test. It gets a way to be called in tests/support/adversary.py, or a
line here that says why what people write never reaches it whole.
"""

import gc
import itertools
import logging
import re
import time
import warnings
from collections.abc import Iterator, Mapping

import pytest

from language import use_language
from notices.rendered_mail import letter
from tests.support.adversary import (
    KINDS,
    PACKAGES,
    Absent,
    Call,
    CannotBuild,
    Factory,
    Function,
    functions,
    takes_text,
    text,
)
from tests.support.yardstick import slowness

LONGEST_S = 0.1
"""Of the thread's own time, the best of six."""
WITHOUT_DOUBT_S = 5 * LONGEST_S
"""Longer than any other work of the machine could make it: not tried again."""
NOT_PEOPLES: Mapping[str, str] = {
    r"infomaniak\.(vps_|listing|probe|products|registry)": "the operator's settings, and the provider's listings",
    r"notices\.(sandbox|renderer)": "the organisation's templates: what people wrote comes in elsewhere",
    r"notices\.(rendered_mail\.|mailbox\.Mail\.written)": "a whole notice, whose texts have limits: tested below",
    r"redaction\.(Redactor\.__init__|_|passwords_in)": "a secret of the settings, read once, at the start",
    r"logs\.": "records and streams of the log: Redactor, which is called here, reads what they say",
    r"cards\.(account\.help\._rows|elements\.(blocks\.facts|table\.table))": "as many rows as the code says",
    r"changes\.text\.(pasted\._is_(visible|empty)|spelling\._(compatible|plain))$": "one character",
    r"infomaniak\.call_errors\.(refused|nothing_happened|in_doubt)": "a sentence of ours",
    r"changes\.errors\.(Hidden|invalid)": "a template of ours, with its facts",
    r"(language\.speaking\.invalid|application\.input_parsing\.dates\.unfit)": "a template of ours, with its facts",
    r"cards\.(thread_messages\.words\.(plain|reasoned)|\w+\.estimates\._(longer|compared))": "a template of ours",
    r"web\.drawings\.": "a digest of ours, and a drawing in a thread of its own",
    r"bot\.(connector\.(client\.pooled_client|proxies\.))": "what the server or client says of a connection",
}


def _seconds(call: Call) -> float:
    began = time.thread_time()
    try:
        call()
    except Exception as error:
        if not _is_an_answer(error, call.function):
            raise AssertionError(f"{call.function.name}: {type(error).__name__}") from error
    return time.thread_time() - began


def _is_an_answer(error: Exception, function: Function) -> bool:
    """Whether it is a refusal of ours, a ValueError, or the end of what can be done without the world outside.

    Where a parameter is a thing of ours, its values fit their types and perhaps not each other: anything may come of
    it.
    """
    ours = type(error).__module__.partition(".")[0] in PACKAGES
    text_alone = function.owner is None and all(function.hints[name] in (str, bytes) for name in function.wants)
    return ours or isinstance(error, Absent | ValueError) or not text_alone


def calls(size: int) -> Iterator[Call]:
    """Every function with every kind of text; those that take no text itself, but things with texts, with two."""
    factory, turn = Factory(size), itertools.cycle(KINDS)
    for function in functions():
        if any(re.match(pattern, function.name) for pattern in NOT_PEOPLES):
            continue
        for kind in KINDS if takes_text(function) else (next(turn), next(turn)):
            yield factory.call(function, kind)


@pytest.fixture
def quiet() -> Iterator[None]:
    """What is logged of the worst texts is not written, and what was begun and left is not the next test's."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
    with warnings.catch_warnings(action="ignore"):
        gc.collect()


@pytest.mark.thorough
@pytest.mark.usefixtures("quiet")
@pytest.mark.filterwarnings("ignore")
def test_no_function_that_takes_peoples_text_is_stopped_by_the_worst_of_it(pytestconfig: pytest.Config) -> None:
    with use_language("fr"):
        for call in calls(pytestconfig.getoption("--text")):
            took = _seconds(call)
            if took > LONGEST_S:
                # Once more in any case: the machine may have stood still. What is slow without doubt is not waited for.
                again = [_seconds(call)]
                again += [_seconds(call) for _ in range(4)] if again[0] < WITHOUT_DOUBT_S else []
                assert min(took, *again) < LONGEST_S * slowness(), (call.function.name, took, again)


def test_a_function_that_nobody_knows_how_to_call_is_noticed() -> None:
    def new(_unknown: re.Match[str]) -> None:
        pass

    function = Function("new", new)
    with pytest.raises(CannotBuild):
        Factory(100).call(function, "words")


def test_every_reason_is_still_one() -> None:
    names = [function.name for function in functions()]
    assert [pattern for pattern in NOT_PEOPLES if not any(re.match(pattern, name) for name in names)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_notice_with_every_text_at_its_limit_becomes_a_mail_in_a_moment(kind: str) -> None:
    said = text(kind, 1200)
    seconds = []
    for _ in range(3):
        began = time.thread_time()
        letter([("fr", said), ("en", said)])
        seconds.append(time.thread_time() - began)
    assert min(seconds) < LONGEST_S * slowness()
