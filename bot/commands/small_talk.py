"""Detects greetings, thanks and misspelt commands, in English, French and German."""

import re
from collections.abc import Collection
from difflib import SequenceMatcher

from application.input_parsing.chat_command import ANSWER_HERE, FROM_TEMPLATE, ChatCommand
from bot.commands.command_words import COMMANDS_BY_WORD, PREFIXES
from changes.reporting.search import comparable
from changes.text import first_word

LONGEST = 60
"""Maximum length of a greeting, and of what is examined for one, in characters."""
_ALIKE, _SWAPPED = 0.7, 0.9
"""Minimum similarity of two words, from 0 to 1; and the similarity of two made of the same letters."""
_MOST = 3
_LONGEST_WORD = 24
"""Maximum length of a command's word, misspelt or not, in characters."""
_LETTERS = re.compile(r"[^\W_]+")
_GREETINGS = frozenset(
    (
        *("hi", "hiya", "hello", "hey", "hallo", "hoi", "bonjour", "salut", "bonsoir", "coucou", "allo"),
        *("salu", "sali", "gruezi", "moin", "servus", "good", "morning", "afternoon", "evening", "day"),
        *("guten", "tag", "morgen", "abend", "gute", "nacht", "bonne", "journee", "soiree"),
    )
)
_THANKS = frozenset(
    (
        *("thanks", "thank", "thx", "ty", "cheers", "merci", "danke", "dank", "dankeschon", "bye", "goodbye", "ciao"),
        *("tschuss", "tschau", "adieu", "revoir", "ok", "okay", "parfait", "super", "great", "perfect"),
        *("top", "cool", "genial", "prima", "gut"),
    )
)
_PLEASE = frozenset(
    (
        *("please", "pls", "plz", "svp", "stp", "s", "il", "te"),
        *("vous", "plait", "merci", "bitte", "danke", "schon", "thanks"),
    )
)
_AROUND = frozenset(
    (
        *("you", "u", "very", "much", "so", "a", "lot", "many", "the", "there", "everyone", "everybody"),
        *("all", "bot", "change", "team", "beaucoup", "bien", "mille", "infiniment", "vielen", "vielmal"),
        *("vielmals", "schon", "viel", "herzlichen", "dir", "ihnen", "tout", "le", "monde", "tous", "toutes"),
        *("toi", "vous", "au", "et", "for", "your", "help", "mitenand", "zusammen", "miteinander"),
    )
)
"""Words beside a greeting or thanks that mean nothing by themselves."""
_KNOWN = COMMANDS_BY_WORD | {
    **dict.fromkeys(("neu", "neue", "neuer", "neues"), "new"),
    **dict.fromkeys(("zeigen", "anzeigen"), "show"),
    **dict.fromkeys(("abbrechen", "absagen"), "cancel"),
    "hilfe": "help",
    "meine": "mine",
    "kalender": "calendar",
}
"""The commands' words, with German ones that lead to them."""
_WAVES, _THUMBS = "👋🙋", "👍🙏❤"


def is_greeting(text: str) -> bool:
    """Whether somebody says hello, or nothing at all."""
    words = _words(text)
    return not text.strip() or _is_made_of(words, _GREETINGS) or (not words and any(each in text for each in _WAVES))


def is_thanks(text: str) -> bool:
    """Whether somebody says thank you, goodbye or well done."""
    words = _words(text)
    return _is_made_of(words, _THANKS) or (not words and any(each in text for each in _THUMBS))


def is_politeness(text: str) -> bool:
    """Whether it says nothing but please or thank you."""
    words = _words(text)
    return bool(words) and (set(words) <= _PLEASE or is_thanks(text))


def begun_with(order: ChatCommand) -> dict[str, str]:
    """The answers of a request that were typed with its command: the title, unless that is only politeness.

    A button may name the template there with which it begins.
    """
    title = first_word(order.rest)[1] if is_answered_here(order) else order.rest
    if comparable(first_word(title)[0]) == FROM_TEMPLATE:
        return {"template": first_word(title)[1]}
    return {"title": title} if title and not is_politeness(title) else {}


def is_answered_here(order: ChatCommand) -> bool:
    """Whether the request is to be answered in the conversation where it is typed."""
    return comparable(first_word(order.rest)[0]) == ANSWER_HERE


def without_greeting(text: str) -> str:
    """The text behind the greeting that it begins with, in one line or more."""
    word, rest = first_word(text)
    while rest and _words(word) and set(_words(word)) <= _GREETINGS:
        word, rest = first_word(rest)
        text = f"{word} {rest}".strip()
    return text


def suggest_commands(typed: str) -> tuple[ChatCommand, ...]:
    """The commands that are nearest to what was typed, with the rest of the line as it was typed; perhaps none.

    A first word that may be a greeting or a command, as in `allo 2`, is a greeting where a command follows it.
    """
    return _nearest(without_greeting(typed)) or _nearest(typed)


def _nearest(typed: str) -> tuple[ChatCommand, ...]:
    word, rest = first_word(typed)
    if _nearness(word, PREFIXES) > _nearness(word, _KNOWN):
        word, rest = first_word(rest) if rest else ("help", "")
    found = [_KNOWN[each] for each in _alike(word, _KNOWN)]
    return tuple(ChatCommand(name, rest) for name in dict.fromkeys(found))[:_MOST]


def is_misspelt_prefix(text: str) -> bool:
    """Whether the text begins with `/chnage` or the like: that is no answer to a question."""
    word = first_word(text)[0]
    return word.startswith("/") and bool(_alike(word, PREFIXES))


def _alike(word: str, known: Collection[str]) -> list[str]:
    """The known words nearest to the word, the nearest first; itself where it is known.

    A word that means nothing by itself is no slip of another: “the” is no `tâche`.
    """
    bare = _bare(word)
    if bare in known or bare in _AROUND or len(bare) > _LONGEST_WORD:
        return [bare] if bare in known else []
    likeness = {each: _likeness(each, bare) for each in known}
    near = [each for each in known if likeness[each] >= _ALIKE]
    return sorted(near, key=lambda each: -likeness[each])[:_MOST]


def _nearness(word: str, known: Collection[str]) -> float:
    """How alike the word is to the nearest of the known words; 0 where it is like none."""
    near = _alike(word, known)
    return _likeness(near[0], _bare(word)) if near else 0


def _bare(word: str) -> str:
    return comparable(word[:LONGEST]).strip("/.,:;!…") or comparable(word[:1])


def _likeness(word: str, other: str) -> float:
    """How alike they are, from 0 to 1; two with the very same letters are, however those changed places.

    They are compared from either end: of `cher` twice in `chercher`, the first would be taken for the second.
    """
    if max(len(word), len(other)) > _LONGEST_WORD or SequenceMatcher(None, word, other).quick_ratio() < _ALIKE:
        return 0  # no order of the letters makes more of it
    ratio = max(SequenceMatcher(None, word[::step], other[::step]).ratio() for step in (1, -1))
    return max(ratio, _SWAPPED) if sorted(word) == sorted(other) else ratio


def _words(text: str) -> list[str]:
    return _LETTERS.findall(comparable(text[: LONGEST + 1])) if len(text) <= LONGEST else []


def _is_made_of(words: list[str], core: frozenset[str]) -> bool:
    return bool(core & set(words)) and set(words) <= core | _AROUND
