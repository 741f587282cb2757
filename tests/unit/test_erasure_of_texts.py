"""One person is taken out of texts and documents, and nothing else is."""

import json
import time
from typing import Any

import pytest

from changes.text.messages import Message, listed
from storage.redaction import FORMER, Redactor
from storage.stored_messages import document_of, message_of
from storage.traces import Traces

NAME = f"{FORMER} 1"
ID, OTHER = "0f8fad5b-d9cb-469f-a165-70867728950e", "0f8fad5b-d9cb-469f-a165-70867728950f"


def redacted(text: str, *, by_people: bool = False, **facts: Any) -> str:
    """The text without a person who is known by the facts."""
    traces = Traces(ID, **{name: frozenset(each) for name, each in facts.items()})
    return Redactor(traces, "former-1", NAME).value(text, by_people=by_people)


@pytest.mark.parametrize(
    ("name", "text", "kept"),
    [
        ("Anna Rey", "Hannah Reymond asked Susanna Rey", "Hannah Reymond asked Susanna Rey"),
        ("Anna Rey", "ANNA  REY's and Anna\nRey, not anna rey", f"{NAME}'s and {NAME}, not anna rey"),
        ("Anna Rey", "Anna Rey-Meier, Lea-Anna Rey", "Anna Rey-Meier, Lea-Anna Rey"),
        ("Léo Müller", "Leo Muller, Leo Mueller, LÉO MÜLLER, Le\u0301o Mu\u0308ller", ", ".join([NAME] * 4)),
        ("ÉMILE Øst", "Emile \u00d8st, %C3%89mile%20%C3%98st, émile øst", f"{NAME}, {NAME}, émile øst"),
        ("will young", "Will Young will young", "Will Young will young"),
        *(
            (name, "Do it - then (2 of 2031) 👍", "Do it - then (2 of 2031) 👍")
            for name in ("-", "2", "👍", "(", "2031")
        ),
        ("Jean-Luc O'Neil (ISC)", r"Jean\-Luc O’Neil \(ISC) and Jean&#45;Luc O&#39;Neil (ISC)", None),
        ("Nom_De *Guerre*", r"**Nom\_De \*Guerre\***", f"**{NAME}**"),
        ("R&D <Team>", "R&amp;D &lt;Team&gt; or R&D <Team>", f"{NAME} or {NAME}"),
        ("王伟", "问 王伟 ok", f"问 {NAME} ok"),
        ("Weiß Øre", "WEISS ORE", "WEISS ORE"),  # Ø is a letter of its own
    ],
)
def test_a_whole_name_is_found_in_every_spelling_and_inside_no_other(name: str, text: str, kept: str | None) -> None:
    assert redacted(text, names=[name], others=["Lea-Anna Rey"]) == (f"{NAME} and {NAME}" if kept is None else kept)


def test_a_name_within_a_longer_one_is_passed_over_and_one_of_one_word_is_one_in_sentences_of_the_bot() -> None:
    text = "Anna Rey Meier and Dr. Anna Rey and Anna Rey"
    assert redacted(text, names=["Anna Rey"], others=["Anna Rey Meier", "Dr. Anna Rey"]) == (
        f"Anna Rey Meier and Dr. Anna Rey and {NAME}"
    )
    known: dict[str, Any] = {"names": ["Anna"], "single_names": ["Anna"]}
    assert redacted("Anna decides, not Susanna or anna.", **known) == f"{NAME} decides, not Susanna or anna."
    assert redacted("Anna decides.", by_people=True, **known) == "Anna decides."
    assert redacted('{"service":"Anna","text":"Ask Anna"}', **known) == f'{{"service":"Anna","text":"Ask {NAME}"}}'


def test_in_a_list_of_a_sentence_of_the_bot_a_name_of_one_word_is_one_too() -> None:
    names = listed(["Anna", "Susanna", "Anna Rey", "anna@example.ch"])
    stored = json.dumps(document_of(Message("Ask {others}.", others=names)))
    known: dict[str, Any] = {"names": ["Anna", "Anna Rey"], "single_names": ["Anna"], "addresses": ["anna@example.ch"]}
    said = str(message_of(json.loads(redacted(stored, **known))))
    assert said.startswith(f"Ask {NAME}, Susanna, {NAME} and ")
    assert "anna" not in said.removeprefix(f"Ask {NAME}, Susanna")


def test_a_name_of_ordinary_words_is_left_where_people_wrote_and_replaced_where_it_is_given() -> None:
    text = "Ask the Help Desk first."
    known: dict[str, Any] = {"names": ["Help Desk"], "ordinary": ["Help Desk"], "by_people": True}
    assert redacted(text, **known) == text
    assert redacted(f"{text} HELP desk", **known, given=["Help Desk"]) == f"Ask the {NAME} first. {NAME}"


def test_documents_are_read_as_documents_however_they_are_nested_and_escaped() -> None:
    inner = json.dumps({"id": ID, "name": 'Zoë "Z" \\ Rey'})
    text = json.dumps(
        {"by": {"id": ID.upper(), "name": "anything"}, "raw": inner, ID: [ID, 1.5, None, True, "ok\ud800"]}
    )
    document = json.loads(redacted(text, names=['Zoë "Z" \\ Rey']))
    assert document["by"] == {"id": "former-1", "name": NAME}
    assert json.loads(document["raw"]) == {"id": "former-1", "name": NAME}
    assert document["former-1"] == ["former-1", 1.5, None, True, "ok\ud800"]
    title = "[URGENT] {ask} Zoë Rey"
    assert redacted(title, names=["Zoë Rey"]) == f"[URGENT] {{ask}} {NAME}"
    untouched = '{ "by": "somebody else",  "n": 1.50 }'
    assert redacted(untouched, names=["Zoë Rey"]) == untouched


def test_an_id_or_an_address_is_found_in_every_spelling_and_another_one_is_left() -> None:
    spelt = f"{ID} {ID.upper()} {ID.replace('-', '')} {ID.replace('-', '%2d')} x@{ID} digest:{ID}:1"
    assert ID[-6:] not in redacted(spelt).lower()
    assert redacted(f"{OTHER} {ID}0 0{ID}") == f"{OTHER} {ID}0 0{ID}"
    assert redacted("29:1x 29:1xy 129:1x 29%3A1x", mris=["29:1x"]) == "former-1 29:1xy 129:1x former-1"
    others = ["cleo.muller@x.ch", "leo.mullerin@x.ch"]
    text = json.dumps({"notify": ["Leo.Mueller@x.ch", "l@x.ch", *others], "why": "write to müller_leo@x.ch, please"})
    document = json.loads(redacted(text, names=["Léo Müller"], addresses=["L@X.ch"]))
    assert document == {"notify": others, "why": f"write to {NAME}, please"}


def test_texts_that_nobody_would_write_cost_no_time() -> None:
    """Each of them would take minutes if a pattern went back and forth in it."""
    known: dict[str, Any] = {
        "names": ["Léo O'Neil Müller", "Anna"],
        "addresses": ["leo@x.ch"],
        "mris": ["29:1x"],
        "single_names": ["Anna"],
    }
    began = time.process_time()
    for part in ("leo", "leo.", "l\u0301", "leo\\", "29:1", "a" * 7 + " ", "\\u0301", "Léo O'Neil ", "{[", "=", "_-"):
        assert NAME not in redacted(f"leo oneil muller anna {part * (60_000 // len(part))}", **known)
    assert time.process_time() - began < 5
