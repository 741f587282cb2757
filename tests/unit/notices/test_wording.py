"""A notice, in Teams and by mail, has people's words as text only (docs/process.md, P88); one's own templates."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changes.effects import SendNotice
from changes.model import Person
from changes.notification import WITH_PUBLIC_TEXT, NoticeKind, public_field
from changes.text.messages import strip_bidi_controls
from language.escaping import escaped
from notices import BrokenTemplate, NoticeRenderer
from notices.rendered_mail import WIDTH, RenderedMail
from notices.renderer import BETWEEN_LANGUAGES
from notices.template_context import NAMES, facts
from tests.golden.subject import CHANGE, SENT, SERVICE, notice
from tests.support.markdown import Page, kinds

WORDING = NoticeRenderer()
ENGLISH = replace(SERVICE, languages=("en",))
MARKUP = (
    *("<at>Rita</at>", "[x](https://evil.example)", "**bold**", "<script>alert(1)</script>", "![i](u)", "`code`", "#"),
    *("---", "# x", "1. x", "- x", "> x", "\\", "a\\", "\\<b>", "&amp;"),
    *("\u202egnp.exe", "\u2067\u200f", "\U0001f600" * 9),
)
HOSTILE = st.lists(st.sampled_from(MARKUP) | st.text(max_size=12), max_size=5).map("".join)


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, st.sampled_from(NoticeKind))
def test_nobodys_words_become_markup_a_link_or_a_mention(
    title: str, affected: str, detail: str, name: str, service_name: str, kind: NoticeKind
) -> None:
    plan = replace(CHANGE.plan, title=title, affected=affected, implementer=Person("ivo", name))
    change = replace(CHANGE, plan=plan)
    service = replace(ENGLISH, name=service_name)
    sent = replace(notice(kind), detail=detail, public={"en": detail})
    text = WORDING.post(sent, change, service)
    plain = WORDING.post(replace(sent, detail="x", public={"en": "x"}), CHANGE, replace(ENGLISH, name="y"))
    assert "<" not in text
    assert kinds(text) == kinds(plain)
    # The only bold is the template's own, and the number of paragraphs is the template's.
    assert len(re.findall(r"(?<!\\)\*\*", text)) == len(re.findall(r"(?<!\\)\*\*", plain))
    assert text.count("\n\n") == plain.count("\n\n")


def test_words_are_shown_as_they_were_written() -> None:
    assert escaped("Login & courses,  3.5 h") == "Login &amp; courses, 3.5 h"
    assert escaped("a*b <c> [d]") == r"a\*b &lt;c> \[d\]"
    assert escaped("- one\n- two") == "\N{WORD JOINER}- one - two"


@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_the_facts_are_those_that_templates_are_tried_with(language: str) -> None:
    assert set(facts(language, notice(NoticeKind.END), CHANGE, SERVICE)) == set(NAMES)


def test_without_a_name_people_are_sent_to_the_team() -> None:
    nobody = Person("unknown")
    change = replace(CHANGE, plan=replace(CHANGE.plan, implementer=nobody))
    text = WORDING.post(notice(NoticeKind.END), change, replace(SERVICE, approver=nobody))
    for sentence in (
        "contact the team that looks after the service.",
        "adressez-vous à l’équipe du service.",
        "hilft Ihnen das Team des Dienstes weiter.",
    ):
        assert sentence in text


@pytest.mark.parametrize(("days", "said"), [(0, "today"), (1, "tomorrow"), (3, "Sat 3 Apr 2027")])
def test_the_reminder_says_the_day_as_seen_from_when_it_goes_out(days: int, said: str) -> None:
    sent = replace(notice(NoticeKind.REMINDER), at=CHANGE.plan.window.start - timedelta(days=days))
    assert f"Reminder: maintenance {said}**" in WORDING.post(sent, CHANGE, ENGLISH)


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return folder


def test_a_template_that_is_no_text_is_named(tmp_path: Path) -> None:
    file = tmp_path / "en" / "end.md"
    file.parent.mkdir()
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BrokenTemplate, match=r"en.end\.md"):
        NoticeRenderer(tmp_path)


WRITTEN = st.lists(
    st.sampled_from(MARKUP) | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12),
    max_size=6,
).map("".join)


def mailed(text: str, kind: NoticeKind = NoticeKind.EXTENSION) -> RenderedMail:
    told = replace(notice(kind), public={"en": text})
    return WORDING.render_mail(told, CHANGE, SERVICE, "en", 1)


def one_line(text: str) -> str:
    return " ".join(text.split())


@given(WRITTEN)
def test_what_people_wrote_in_a_field_is_text_in_the_mail_never_markup(text: str) -> None:
    letter, plain = mailed(text), mailed("x")
    wanted = (
        one_line(strip_bidi_controls(text))
        or "We need the extra time to finish the work and to check that everything works."
    )
    page = Page(letter.html)
    assert page.elements == Page(plain.html).elements
    assert wanted in one_line(page.text)
    assert wanted in one_line(letter.text)


@pytest.mark.parametrize("nothing", ["", " ", "\u202e"])
def test_without_a_word_of_anybody_it_says_its_own_sentence(nothing: str) -> None:
    letter, other = mailed(nothing, NoticeKind.CANCELLED), mailed("x", NoticeKind.CANCELLED)
    assert [paragraph for paragraph in other.text.split("\n\n") if paragraph not in letter.text] == ["x"]
    assert "No other date is planned." in letter.text


@pytest.mark.parametrize("kind", NoticeKind)
def test_the_plain_text_says_what_the_page_says_in_lines_that_any_program_shows(kind: NoticeKind) -> None:
    letter = WORDING.render_mail(notice(kind), CHANGE, SERVICE, "", 1)
    page = one_line(Page(re.sub(r"<head>.*?</head>", "", letter.html, flags=re.DOTALL)).text)
    assert one_line(re.sub(r"^(- |-{30}$)", "", letter.text, flags=re.MULTILINE)) == page
    assert all(len(line) <= WIDTH for line in letter.text.splitlines())
    assert "**" not in letter.text
    assert "\\" not in letter.text


def test_all_languages_of_the_service_stand_in_one_mail_which_loads_nothing_from_elsewhere() -> None:
    letter = WORDING.render_mail(notice(NoticeKind.PLANNED), CHANGE, SERVICE, "", 1)
    assert re.findall(r'<div lang="(\w+)">', letter.html) == ["en", "fr", "de"]
    assert letter.subject == "ISC Learn Platform: Planned maintenance, Sat 3 Apr 2027 (CHG-2027-0007)"
    html = WORDING.render_mail(notice(NoticeKind.PLANNED), CHANGE, SERVICE, "", 1).html
    assert not re.search(r"https?:|<script|<img|<link|url\(", html)


OWN = {
    NoticeKind.EXTENSION: ("We need the extra time", "Ce temps supplémentaire", "Wir brauchen die zusätzliche Zeit"),
    NoticeKind.INCIDENT_START: ("We are looking for the cause.", "en cherchons la cause", "suchen nach der Ursache"),
    NoticeKind.INCIDENT_UPDATE: ("still working on it", "continuons d’y travailler", "arbeiten weiter daran"),
    NoticeKind.POSTPONED: ("cannot be done on that date", "ne peuvent pas avoir lieu", "an diesem Datum nicht"),
    NoticeKind.HOLDING: ("We are working on it", "Nous y travaillons", "Wir arbeiten daran"),
    NoticeKind.CANCELLED: ("No other date is planned", "Aucune autre date", "Ein anderes Datum"),
}


@pytest.mark.parametrize("kind", WITH_PUBLIC_TEXT)
def test_each_language_says_what_was_written_for_it_and_otherwise_its_own_sentence(kind: NoticeKind) -> None:
    written = replace(notice(kind), detail="", public={"fr": "Le disque est plein."})
    english, french, german = WORDING.post(written, CHANGE, SERVICE).split(BETWEEN_LANGUAGES)
    assert "Le disque est plein." in french
    assert OWN[kind][1] not in french
    for text, own in ((english, OWN[kind][0]), (german, OWN[kind][2])):
        assert own in text
        assert "Le disque" not in text


def test_where_a_template_of_ones_own_says_nothing_of_anybodys_no_text_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr" / "extension.md").write_text("**{{ service }}**\n\nUn peu de patience.", encoding="utf-8")
    drafts = NoticeRenderer(tmp_path).draft(NoticeKind.EXTENSION, CHANGE, SERVICE, SENT[NoticeKind.EXTENSION])
    assert [each.language for each in drafts] == [each for each in SERVICE.languages if each != "fr"]


def test_a_draft_finds_where_its_text_stands_whatever_a_template_and_a_title_make_of_it(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "holding.md").write_text("**Late: {{ title }}**\n\n{{ detail|capitalize }}\n\nEnd", "utf-8")
    change = CHANGE.with_(plan=replace(CHANGE.plan, title="XXPUBLICXX"))
    drafts = NoticeRenderer(tmp_path).draft(NoticeKind.HOLDING, change, SERVICE, SENT[NoticeKind.HOLDING])
    [english] = [each for each in drafts if each.language == "en"]
    assert (english.before, english.after) == ("**Late: XXPUBLICXX**", "End")


@pytest.mark.parametrize("kind", WITH_PUBLIC_TEXT)
def test_a_draft_is_the_notice_as_it_goes_out_with_its_text_taken_out(kind: NoticeKind) -> None:
    now = SENT[kind]
    drafts = WORDING.draft(kind, CHANGE, SERVICE, now)
    assert [each.field for each in drafts] == [public_field(kind, each) for each in SERVICE.languages]
    told = SendNotice("key", CHANGE.id, kind, CHANGE.plan.window, now)
    for draft, text in zip(drafts, WORDING.post(told, CHANGE, SERVICE).split(BETWEEN_LANGUAGES), strict=True):
        before, _own, after = text.partition(draft.text)
        assert draft.after == after.strip()
        if kind is NoticeKind.EXTENSION:  # nobody has said yet when it ends
            assert "**…**" in draft.before
        else:
            assert draft.before == before.strip()


def test_a_mail_begins_and_is_signed_as_the_service_has_it_and_otherwise_in_the_usual_words() -> None:
    usual = WORDING.render_mail(notice(NoticeKind.START), CHANGE, SERVICE, "fr", 1)
    assert "\n\nBonjour,\n\n" in usual.text
    assert usual.text.endswith("\n\nMeilleures salutations\nL’équipe ISC Learn Platform\n")
    own = replace(
        SERVICE, greeting={"fr": "Chères et chers collègues,"}, signature={"fr": "Bien à vous\n*SIN*, HES-SO"}
    )
    letter = WORDING.render_mail(notice(NoticeKind.START), CHANGE, own, "fr", 1)
    assert "\n\nChères et chers collègues,\n\n" in letter.text
    assert letter.text.endswith("\n\nBien à vous\n*SIN*, HES-SO\n"), "it is text, and no markup"
    assert "Bien à vous<br />" in letter.html
    assert "Hello," in WORDING.render_mail(notice(NoticeKind.START), CHANGE, own, "en", 1).text
    assert "Bonjour" not in WORDING.post(notice(NoticeKind.START), CHANGE, SERVICE), "a post in Teams greets nobody"


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_subject_names_the_service_the_day_once_and_the_change(kind: NoticeKind) -> None:
    for language, day in (("en", "Sat 3 Apr 2027"), ("fr", "sam. 3 avr. 2027"), ("de", "Sa 3. Apr. 2027")):
        said = WORDING.render_mail(notice(kind), CHANGE, SERVICE, language, 1).subject
        assert said.startswith("ISC Learn Platform")
        assert said.count(day) == 1, said
        assert said.endswith("(CHG-2027-0007)")


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_mail_can_be_read_in_a_light_and_in_a_dark_mail_program() -> None:
    """WCAG AA: 4.5 to 1."""
    html = mailed("x").html
    assert '<meta name="color-scheme" content="light dark">' in html
    light, dark = html.split("@media (prefers-color-scheme: dark)")
    body = re.search(r'color:(#\w{6});background:(#\w{6})"', html)
    night = re.search(r"background: (#\w{6}) !important; color: (#\w{6})", dark)
    links = [
        re.search(r" a \{ color: (#\w{6})", f" {part}") or re.search(r"\na \{ color: (#\w{6})", part)
        for part in (light, dark)
    ]
    assert body
    assert night
    assert all(links)
    pairs = [(body[1], body[2]), (night[1], night[2]), (links[0][1], body[2]), (links[1][1], night[1])]  # type: ignore[index]
    for one, other in pairs:
        low, high = sorted((_luminance(one), _luminance(other)))
        assert (high + 0.05) / (low + 0.05) >= 4.5, (one, other)
