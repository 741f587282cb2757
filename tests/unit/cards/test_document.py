"""The document of a change: everything is in it, and what people wrote is text in both of its forms."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cards.document.as_html import html
from cards.document.as_markdown import markdown
from cards.document.document import Heading, Items, Rows, Text, document
from changes.delivery_log import DeliveryChannel, DeliveryRecord, DeliveryStatus
from changes.model import ChangeType, State
from changes.text.messages import strip_bidi_controls
from tests.cards.subjects import PLAINLY, START, change, history, variants, view
from tests.support.markdown import READER, Page, bare_links

HOSTILE = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=60),
    st.text(alphabet="*_`[](){}<>#|~&!@$^+-=.:/\\\"'0123 abc", min_size=1, max_size=60),
    st.sampled_from(["<at>Pierre</at>", "[x](http://y.ch)", "<script>1</script>", "---", "1. x", "# x", "www.x.ch"]),
    st.sampled_from(["x.example", "a@x.ch", "//x.ch"]),
).filter(lambda text: bool(text.strip()))
JOINER = "\N{WORD JOINER}"


def read_text(text: str) -> str:
    """What a reader of Markdown shows; fails where it sees any markup."""
    found = []
    assert bare_links(text) == []
    for token in READER.parse(text):
        assert token.type in ("paragraph_open", "paragraph_close", "inline"), token
        for child in token.children or []:
            assert child.type in ("text", "text_special"), child
            found.append(child.content)
    return "".join(found)


@given(HOSTILE)
def test_what_people_wrote_is_text_in_markdown_and_in_a_page(text: str) -> None:
    read = read_text(markdown([Text(" ".join(text.split()))])).replace(JOINER, "")
    assert read == " ".join(strip_bidi_controls(text).split()).replace(JOINER, "")
    ours = Page(html([Heading(1, "t"), Text("t"), Items(("t",)), Rows(("t",), (("t",),))], "t", "en"))
    page = Page(html([Heading(1, text), Text(text), Items((text,)), Rows((text,), ((text,),))], text, "en"))
    assert page.elements == ours.elements
    assert sum(text.strip() in each for each in page.texts) >= 5


def test_the_document_has_the_plan_the_decisions_the_times_the_history_and_the_ledger() -> None:
    of = change(State.COMPLETED, deputy=True)
    seen = replace(view(of), history=tuple(history(of, PLAINLY, 4)))
    told = DeliveryRecord(
        "k", of.id, "planned", "isc-learn@example.ch", DeliveryChannel.MAIL, DeliveryStatus.FAILED, START, "503"
    )
    text = markdown(document(seen, [told])).replace(JOINER, "")
    for wanted in (
        f"# {of.id}: Moodle 4.5 to 5.0",
        "## Decisions",
        "deputy for Pierre André",
        "## Planned and actual",
        "| Window | Thu 15 Apr 2027, 22:00–23:30 (CEST) |",
        "## What happened",
        "wrote the plan down.",
        "| planned maintenance | isc-learn\\@example.ch | mail | failed (503) |",
    ):
        assert wanted in text, wanted


def test_the_document_has_who_accepted_what_and_why_it_started_early() -> None:
    text = markdown(document(view(dict(variants(PLAINLY, ChangeType.NORMAL))["completed with accepted tests"]), []))
    who = "Accepted by Claire Rey (deputy for Pierre André)"
    said = f"{who} on Thu 15 Apr 2027, 23:00 (CEST): It failed before the update too."
    assert text.count(said) == 3
    assert "| Started before its window | Nobody is working any more. |" in text


def test_in_an_emergency_one_press_is_one_decision() -> None:
    of = change(State.SCHEDULED, kind=ChangeType.EMERGENCY)
    assert of.go is not None
    both = of.with_(precheck=replace(of.go, verdict="approved"))
    text = markdown(document(view(both), []))
    assert "| GO |" in text
    assert "Pre-check approved" not in text
