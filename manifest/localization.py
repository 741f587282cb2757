"""What the manifest says in other languages: for each of them the file that Teams reads, made from our translations.

Teams names a text by its place (`bots[0].commandLists[0].commands[3].description`), so that a command that moves takes
another's words. Ours are kept by their English, and the places are looked up when the package is built.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

TRANSLATIONS = Path(__file__).with_name("translations")
TYPED = ".title"
"""What the place of a text ends in that is typed as it stands: it may be left in English."""


class Untranslated(Exception):
    """A language of the manifest lacks a text. The message says which, and the file to put it into."""


def localizations(manifest: Mapping[str, Any], folder: Path = TRANSLATIONS) -> dict[str, dict[str, str]]:
    """The files of the manifest's further languages, by their names. Raises Untranslated."""
    listed = manifest.get("localizationInfo", {}).get("additionalLanguages", [])
    return {each["file"]: _localization(manifest, folder / f"{each['languageTag']}.json") for each in listed}


def texts(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every text of the manifest that a person reads, with its place as Teams writes it."""
    for part in ("name", "description"):
        for length in ("short", "full"):
            yield f"{part}.{length}", manifest[part][length]
    for n, listed in enumerate(manifest["bots"][0]["commandLists"]):
        yield from _commands(f"bots[0].commandLists[{n}]", listed)
    for n, tab in enumerate(manifest.get("staticTabs", [])):
        yield f"staticTabs[{n}].name", tab["name"]
    for n, extension in enumerate(manifest.get("composeExtensions", [])):
        yield from _commands(f"composeExtensions[{n}]", extension)


def _commands(place: str, listed: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for n, command in enumerate(listed["commands"]):
        for text in ("title", "description"):
            yield f"{place}.commands[{n}].{text}", command[text]


def _localization(manifest: Mapping[str, Any], path: Path) -> dict[str, str]:
    name = f"{path.parent.name}/{path.name}"
    try:
        translated: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise Untranslated(f"{name} is missing: write it, or take the language out of localizationInfo.") from None
    except ValueError as error:
        raise Untranslated(f"{name} is not valid JSON: {error}.") from None
    schema = manifest["$schema"].replace("MicrosoftTeams.schema", "MicrosoftTeams.Localization.schema")
    made = {"$schema": schema}
    for place, text in texts(manifest):
        if text in translated:
            made[place] = translated[text]
        elif not (place.startswith("bots") and place.endswith(TYPED)):
            raise Untranslated(f"{name} has no “{text}”: add it, with its translation.")
    return made
