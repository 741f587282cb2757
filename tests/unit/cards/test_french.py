"""Every card speaks the reader's language: no text of ours escapes the catalogues."""

import re
from collections.abc import Iterator
from gettext import NullTranslations
from typing import Any

import pytest

from language import use_language
from tests.cards.subjects import PLAINLY, every_card
from tests.support.teams_rules import walk
from tests.unit.cards.looking import unlike_cards

SHOWN = ("text", "title", "label", "placeholder", "altText", "errorMessage", "value")
DATA = re.compile(
    r"^service\d$|^normal$|^emergency$|^data$|^data_checked$|^system$|CHG-\d{4}-\d{4}|SER-\d+|\d"
    r"|\b(?:CES?T|min|h|GO|NO)\b|https?://\S+|\b(?:FREQ|INTERVAL|BY[A-Z]+)=[^\s;⟦]+;?"
    r"|/change \w+[^*`|]*|/clock next|/clock\S*|/as\b( NAME)?"
)
"""What is nobody's sentence: keys, ids, times, addresses, commands."""
PLACE = re.compile(r"(?<!\]\()\{(\w+)\}")
FRENCH_DATE = re.compile(
    r"\b(?:lun|mar|mer|jeu|ven|sam|dim)\.(?: \d{1,2} [a-zéû]+\.?(?: \d{4}|, \d\d:\d\d))?"
    r"|\b(?:lun|mar|mercre|jeu|vendre|same)di\b|\bdimanche\b|\b1 avril\b"
)
WORD = re.compile(r"[A-Za-zÀ-ÿ]{3,}")


class Marked(NullTranslations):
    """A language in which every word of ours stands between brackets, and every fact outside them."""

    def gettext(self, message: str) -> str:
        return PLACE.sub(r"⟧{\1}⟦", f"⟦{message}⟧")

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def texts(card: dict[str, Any]) -> Iterator[str]:
    """What a person reads on the card; a text run holds what people wrote, and so does the value of an input."""
    choices = [each for node in walk(card) if node.get("type") == "Input.ChoiceSet" for each in node["choices"]]
    sent = {id(each) for each in choices}  # of which only the title is read
    for node in walk(card):
        shown = SHOWN[:-1] if str(node.get("type")).startswith("Input.") or id(node) in sent else SHOWN
        if node.get("type") != "TextRun":
            yield from (node[name] for name in shown if isinstance(node.get(name), str))


def bare(text: str) -> str:
    """What of the text stands outside the brackets, innermost out."""
    before = ""
    while before != text:
        before, text = text, re.sub(r"⟦[^⟦⟧]*⟧", " ", text)
    return text


NAMES = (
    *("Nadia Favre", "Pierre André", "Claire Rey", "ISC Learn Platform", "Hannibal", "Moodle 4.5 to 5.0", "SSD NAS"),
    *("Small desktop NAS", "Europe/Zurich", "Infomaniak VPS Snapshot Public Cloud", "April exams", "learn", "example"),
    *(
        "Teams",
        "English",
        "open",
        "step",
        "planned reminder start end extension holding incident update cancelled postponed",
    ),
    *(
        "New firewall",
        "The data disk is there",
        "rescheduled",
        "mine forum",
        "Luc Bonvin",
        "isc",
        "nas",
        "wiki",
        "Monthly update",
    ),
    "pierre andre deans library Monthly update",
    # As the CLDR writes them: the choices of a recurring change.
    *("Lundi Mardi Mercredi Jeudi Vendredi Samedi Dimanche", "lundi mardi mercredi jeudi vendredi samedi dimanche"),
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
)
KNOWN = set(WORD.findall(" ".join(NAMES)))
"""Words that are data of the subjects: names of people, services, servers, files."""


@pytest.mark.thorough
def test_every_text_of_every_card_comes_from_the_catalogues() -> None:
    strays: dict[str, set[str]] = {}
    with use_language("fr", Marked()):
        for name, card in every_card(PLAINLY, unlike_cards()):
            for text in texts(card):
                left = DATA.sub(" ", FRENCH_DATE.sub(" ", bare(text)))
                if words := set(WORD.findall(left)) - KNOWN:
                    strays.setdefault(text, set()).update(words | {name.partition(",")[0]})
    assert {text: words for text, words in strays.items() if not any(each in text for each in WRITTEN)} == {}


WRITTEN = (
    *("The forum does not open.", "Infomaniak: the quota", "The platform", "The exams begin", "Somebody is using"),
    *("Open a course", "The theme took", "**Planned maintenance** of the", "Nobody can log in.", "Open the share."),
    *("It failed before the update too.", "Nobody is working any more.", "Copy the newest folder.", "cancle 7"),
    *("Log in with a student", "Upload a file of 20"),
)
"""What people wrote into the subject's fields, or a provider said, shown in a sentence of its own."""
