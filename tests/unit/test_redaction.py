"""Secrets are taken out of text in every spelling, and nothing else of what was said is."""

import base64
import html
import json
import time
from collections.abc import Callable
from dataclasses import fields
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import logs
from redaction import HIDDEN, LONGEST, SHORTEST, Redactor, passwords_in
from settings import Settings
from tests.support.examples import examples
from tests.support.yardstick import slowness

ODD = "\"'\\/%+ &<>@:é😀\u2028\n\tn u0x25"
SECRETS = st.text(st.sampled_from(ODD) | st.characters(codec="utf-8"), min_size=SHORTEST, max_size=24).filter(
    lambda text: len(text.strip()) >= SHORTEST and len(set(text)) > 2
)
SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "repr": lambda text: repr(text)[1:-1],
    "repr of repr": lambda text: repr(repr(text))[2:-2],
    "repr of bytes": lambda text: repr(text.encode())[2:-1],
    "ascii": lambda text: ascii(text)[1:-1],
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON in UTF-8": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON in JSON": lambda text: json.dumps(json.dumps({"a": text})),
    "JSON in the repr of a list": lambda text: repr([json.dumps(text)]),
    "percent": quote,
    "percent, all of it": lambda text: quote(text, safe=""),
    "percent in small letters": lambda text: "".join(f"%{each:02x}" for each in text.encode()),
    "percent twice": lambda text: quote(quote(text, safe=""), safe=""),
    "a form": quote_plus,
    "HTML": html.escape,
    "HTML by number": lambda text: "".join(f"&#x{ord(each):X};" for each in text),
    "Basic": lambda text: base64.b64encode(f"someone:{text}".encode()).decode(),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(f"ab{text}cd".encode()).decode(),
}


@given(secret=SECRETS, around=st.text(st.sampled_from(" xyz\"'{}[]:,"), max_size=8))
@settings(max_examples=examples(60))
def test_a_secret_is_hidden_in_every_spelling_of_it(secret: str, around: str) -> None:
    redactor = Redactor([secret])
    for spelling, spell in SPELLINGS.items():
        spelled = spell(secret.strip())
        said = redactor.text(f"{around} {spelled} {around}")
        # The edges of base64 belong to the text around it too.
        core = spelled.rstrip("=")[8:-4] if "base64" in spelling or spelling == "Basic" else spelled
        assert not core or core not in said, spelling
        assert HIDDEN in said, spelling


@given(secret=SECRETS)
@settings(max_examples=examples(40))
def test_what_was_set_percent_encoded_is_hidden_as_it_is_meant_too(secret: str) -> None:
    meant = secret.strip()
    said = Redactor([quote(meant, safe="")]).text(f"wrong password {meant} and {quote(meant, safe='')}")
    assert said == f"wrong password {HIDDEN} and {HIDDEN}"


@given(st.recursive(SECRETS | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(SECRETS, inner)))
@settings(max_examples=examples(40))
def test_no_text_of_a_nested_value_has_a_secret(value: object) -> None:
    secret = "se\"cr'et\\1"

    class Odd:
        def __repr__(self) -> str:
            return f"<Odd {secret!r}>"

    nested = {"a": [value, (secret, Odd()), {secret: {"deep": [[[[[[[secret]]]]]]]}}], "n": 1, "none": None}
    said = json.dumps(Redactor([secret]).value(nested))
    assert "cr'et" not in said
    assert json.loads(said)["n"] == 1


def test_a_number_that_is_a_secret_is_hidden_and_a_secret_at_the_cut_shows_no_beginning() -> None:
    redactor = Redactor(["12345678"])
    assert redactor.value([12345678, 1234, 1.5, True]) == [HIDDEN, 1234, 1.5, True]
    secret = "a-very-secret-word"
    said = Redactor([secret]).text("x" * (LONGEST - 5) + secret + "y" * 100)
    assert "a-ver" not in said


@given(st.text(max_size=60))
def test_text_without_a_secret_stays_as_it_is(text: str) -> None:
    assert Redactor(["a-secret-that-nobody-writes"]).text(text) == text


@pytest.mark.parametrize(
    ("url", "password"),
    [
        ("postgresql://bot:pa%40ss%2Fword@db/changes", "pa%40ss%2Fword"),
        ("postgresql+asyncpg://bot:p@ss/wo#rd@db:5432/changes", "p@ss/wo#rd"),
        ("postgresql://db/changes?user=bot&password=pa%24sword", "pa$sword"),
    ],
)
def test_the_password_of_an_address_is_found_however_it_is_written(url: str, password: str) -> None:
    assert password in set(passwords_in(url))
    assert password in logs.secrets_of(Settings(database_url=url))
    assert password not in repr(Settings(database_url=url))


def test_an_address_without_a_password_has_none() -> None:
    assert set(passwords_in("sqlite+aiosqlite:///var/changes.db")) == set()
    assert set(passwords_in("https://graph.microsoft.com/v1.0")) == set()


def test_whatever_the_settings_do_not_show_is_secret() -> None:
    hidden = [each.name for each in fields(Settings) if not each.repr and each.name != "database_url"]
    assert {"app_password", "infomaniak_token"} <= set(hidden)
    for name in hidden:
        given_to_it: dict[str, Any] = {name: "never-shown"}
        assert logs.secrets_of(Settings(**given_to_it)) == {"never-shown"}
    assert logs.secrets_of(Settings(webhook_secrets={"a": ("one", "two"), "b": ("three",)})) == {"one", "two", "three"}


LONG = {"eyJ": 83_000, "\\": 250_000, "a": 250_000, "%25": 83_000, "bearer ": 35_000, "://a:": 50_000}
LONG |= {"\\u0061": 40_000, "p\\": 125_000, "&#": 125_000, " ": 250_000}


@pytest.mark.thorough
@pytest.mark.parametrize("part", LONG)
def test_the_longest_line_is_read_in_a_moment_and_cut(part: str) -> None:
    redactor = Redactor(['p@ss"w\\\\ord/é 1+x', "aaaaaaaaaab", '"quoted"\\', "\\\\\\start", "%25%25%25zz"])
    text = part * LONG[part]
    seconds = []
    for _ in range(3):
        began = time.thread_time()
        assert len(redactor.text(text)) <= LONGEST
        seconds.append(time.thread_time() - began)
    assert min(seconds) < 0.1 * slowness()
