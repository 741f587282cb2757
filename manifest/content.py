"""What the manifest says: the template `manifest.json`, filled in and held against what Teams refuses."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from manifest.localization import Untranslated, localizations
from version import version

TEMPLATE = Path(__file__).with_name("manifest.json")
GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
NOBODY = "00000000-0000-0000-0000-000000000000"
ADDRESS_LENGTH = 2048
COMMANDS_IN_A_LIST = 12
LENGTHS = {"name.short": 30, "name.full": 100, "description.short": 80, "description.full": 4000}
"""The longest that Teams takes in any language, in characters, by the text's place."""
NAME_LENGTH = 32
DIALOGS = ("new", "message")
"""The commands beside the compose box, and of a message, that open a dialog of the bot."""
TITLE_LENGTH = 32
DESCRIPTION_LENGTH = 128
"""The schema takes longer commands since 1.22, for prompts; the menu of commands still shows no more than this."""


class BadInput(Exception):
    """The package cannot be built. The message says what to give or to change."""


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of the organisation to which Teams links; the website stands in where the other two are not given.

    `bot` is where the bot itself is reached (CHANGE_PUBLIC_URL): without it its pages are no tabs.
    """

    website: str
    privacy: str = ""
    terms: str = ""
    bot: str = ""


TABS = ("staticTabs", "configurableTabs", "webApplicationInfo", "validDomains")


def content(app_id: str, pages: Pages, template: Path = TEMPLATE) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    """The manifest of the app `app_id`, and the files of its further languages by their names.

    Raises BadInput when the id, an address, the template or a translation is not what Teams takes.
    """
    values = {
        "{VERSION}": version(),
        "{APP_ID}": _app_id(app_id),
        "{PUBLIC_URL}": _address(pages.website),
        "{PRIVACY_URL}": _address(pages.privacy or pages.website),
        "{TERMS_URL}": _address(pages.terms or pages.website),
        **(_of_tabs(_address(pages.bot).rstrip("/"), _app_id(app_id)) if pages.bot else {}),
    }
    try:
        written = json.loads(template.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadInput(f"{template.name} is not valid JSON: {error}.") from None
    made: dict[str, Any] = _filled(written, values)
    if not pages.bot:
        made = {name: part for name, part in made.items() if name not in TABS} | {"validDomains": []}
        for extension in made.get("composeExtensions", []):
            extension.pop("messageHandlers", None)  # without pages there are no addresses to unfold
    try:
        wrong = next(complaints(made), None)
    except (KeyError, IndexError) as error:
        wrong = f"{error} is missing."
    if wrong:
        raise BadInput(f"{template.name}: {wrong}")
    return made, _languages(made, template)


def _of_tabs(address: str, app_id: str) -> dict[str, str]:
    """The bot's pages, and the name by which Teams asks Entra who looks at them."""
    domain = urlsplit(address).hostname or ""
    return {
        "{CALENDAR}": f"{address}/calendar",
        "{TASKS}": f"{address}/tasks",
        "{NEW_TAB}": f"{address}/calendar/tab",
        "{DOMAIN}": domain,
        "{RESOURCE}": f"api://{domain}/botid-{app_id}",
    }


def _languages(made: Mapping[str, Any], template: Path) -> dict[str, dict[str, str]]:
    try:
        languages = localizations(made)
    except KeyError as error:
        raise BadInput(f"{template.name}: {error} is missing.") from None
    except Untranslated as missing:
        raise BadInput(str(missing)) from None
    for name, translated in languages.items():
        if wrong := next(translation_complaints(translated), None):
            raise BadInput(f"{name}: {wrong}")
    return languages


def complaints(manifest: Mapping[str, Any]) -> Iterator[str]:
    """What whoever edits the texts of the template gets wrong most easily, each as a sentence."""
    yield from _length_complaints("developer.name", manifest["developer"]["name"], NAME_LENGTH)
    for place, longest in LENGTHS.items():
        part, _, name = place.partition(".")
        yield from _length_complaints(place, manifest[part][name], longest)
    seen: set[str] = set()
    for listed in manifest["bots"][0]["commandLists"]:
        scopes, commands = set(listed["scopes"]), listed["commands"]
        if seen & scopes:
            yield f"two command lists are for {' and '.join(sorted(seen & scopes))}; make them one."
        seen |= scopes
        if len(commands) > COMMANDS_IN_A_LIST:
            yield f"a command list has {len(commands)} commands; it takes at most {COMMANDS_IN_A_LIST}."
        for command in commands:
            yield from _command_complaints(command["title"], command["description"])
    for extension in manifest.get("composeExtensions", []):
        if extension["botId"] != manifest["bots"][0]["botId"]:
            yield "the command beside the compose box is another bot's; give it the same botId."
        for command in extension["commands"]:
            yield from _command_complaints(command["title"], command["description"])
            if command["id"] not in DIALOGS:
                yield f"the bot answers no command {command['id']!r} beside the compose box, only {', '.join(DIALOGS)}."
            if command.get("type") != "action" or command.get("fetchTask") is not True:
                yield f"the command {command['id']!r} opens a dialog: its type is “action”, and fetchTask is true."


def translation_complaints(translated: Mapping[str, str]) -> Iterator[str]:
    """What Teams would refuse or cut of a language's texts, by their places; Microsoft's schema measures few."""
    for place, text in translated.items():
        if not place.startswith("$"):
            longest = TITLE_LENGTH if place.endswith("title") else LENGTHS.get(place, DESCRIPTION_LENGTH)
            yield from _length_complaints(f"“{text}”", text, longest)


def _command_complaints(title: str, description: str) -> Iterator[str]:
    yield from _length_complaints(f"the command “{title}”", title, TITLE_LENGTH)
    yield from _length_complaints(f"the description of “{title}”", description, DESCRIPTION_LENGTH)


def _length_complaints(what: str, text: str, longest: int) -> Iterator[str]:
    if not 0 < len(text) <= longest:
        yield f"{what} has {len(text)} characters; it needs at least one and at most {longest}."


def _app_id(given: str) -> str:
    if not GUID.fullmatch(given) or given == NOBODY:
        what = f"{given!r} is not the bot's app id." if given else "The bot's app id is missing."
        raise BadInput(
            f"{what} Give the GUID of its registration: make package APP_ID=12345678-90ab-cdef-1234-567890abcdef"
        )
    return given.lower()


def _address(given: str) -> str:
    try:
        parts = urlsplit(given)
        good = parts.scheme == "https" and parts.hostname and not re.search(r"\s", given)
    except ValueError:
        good = False
    if not good:
        raise BadInput(f"A public address must look like https://change.example.ch, not {given!r}.")
    if len(given) > ADDRESS_LENGTH:
        raise BadInput(f"A public address has {len(given)} characters; Teams takes at most {ADDRESS_LENGTH}.")
    return given


def _filled(node: Any, values: Mapping[str, str]) -> Any:
    """The same with each text that is a placeholder replaced; whole texts only, so nothing has to be escaped."""
    if isinstance(node, dict):
        return {name: _filled(each, values) for name, each in node.items()}
    if isinstance(node, list):
        return [_filled(each, values) for each in node]
    return values.get(node, node) if isinstance(node, str) else node
