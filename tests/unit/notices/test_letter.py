"""A notice as a mail says the same as in Teams, and what people wrote in it is text (CASES.md 31)."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changes.notification.notices import NoticeKind
from changes.text.messages import strip_bidi_controls
from notices import NoticeRenderer
from notices.rendered_mail import WIDTH, RenderedMail
from tests.golden.subject import CHANGE, SERVICE, notice
from tests.support.markdown import Page

WORDING = NoticeRenderer()
MARKUP = (
    *("<at>Rita</at>", "[x](https://evil.example)", "**bold**", "<script>alert(1)</script>", "![i](u)", "`code`"),
    *("---", "# x", "1. x", "- x", "> x", "\\", "a\\", "&amp;", "\u202egnp.exe", "\u2067\u200f", "\U0001f600" * 9),
)
WRITTEN = st.lists(
    st.sampled_from(MARKUP) | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12),
    max_size=6,
).map("".join)


def written(text: str, kind: NoticeKind = NoticeKind.EXTENSION) -> RenderedMail:
    told = replace(notice(kind), detail=text)
    return WORDING.render_mail(told, CHANGE, SERVICE, "en", 1)


def one_line(text: str) -> str:
    return " ".join(text.split())


@given(WRITTEN)
def test_what_people_wrote_in_a_field_is_text_in_the_mail_never_markup(text: str) -> None:
    letter, plain = written(text), written("x")
    wanted = one_line(strip_bidi_controls(text)) or "none given"
    page = Page(letter.html)
    assert page.elements == Page(plain.html).elements
    assert wanted in one_line(page.text)
    assert wanted in one_line(letter.text)


@pytest.mark.parametrize("kind", [NoticeKind.CANCELLED, NoticeKind.POSTPONED])
@pytest.mark.parametrize("nothing", ["", " ", "\u202e"])
def test_without_a_reason_nobody_reads_that_there_is_none(kind: NoticeKind, nothing: str) -> None:
    letter, other = written(nothing, kind), written("x", kind)
    assert Page(letter.html).elements.count("p") == Page(other.html).elements.count("p") - 1
    assert [paragraph for paragraph in other.text.split("\n\n") if paragraph not in letter.text] == ["Reason: x"]


@pytest.mark.parametrize("kind", NoticeKind)
def test_the_plain_text_says_what_the_page_says_in_lines_that_any_program_shows(kind: NoticeKind) -> None:
    letter = WORDING.render_mail(notice(kind), CHANGE, SERVICE, "", 1)
    page = one_line(Page(re.sub(r"<title>.*?</title>", "", letter.html)).text)
    assert one_line(letter.text.replace("-" * 30, "")) == page
    assert all(len(line) <= WIDTH for line in letter.text.splitlines())
    assert "**" not in letter.text
    assert "\\" not in letter.text


def test_all_languages_of_the_service_stand_in_one_mail_which_loads_nothing_from_elsewhere() -> None:
    letter = WORDING.render_mail(notice(NoticeKind.PLANNED), CHANGE, SERVICE, "", 1)
    assert re.findall(r'<div lang="(\w+)">', letter.html) == ["en", "fr", "de"]
    assert letter.subject == "ISC Learn Platform: Planned maintenance"
    html = WORDING.render_mail(notice(NoticeKind.PLANNED), CHANGE, SERVICE, "", 1).html
    assert not re.search(r"https?:|<script|<img|<link|url\(", html)
