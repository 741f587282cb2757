"""Microsoft's own schemas of the app package, from the npm package that carries them all, under the MIT licence."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft4Validator

from local.playground import FOLDER
from local.playground.node import find_node, install
from manifest.content import TEMPLATE

SCHEMAS = FOLDER / "node_modules" / "@microsoft" / "app-manifest" / "build" / "json-schemas" / "teams"


@pytest.fixture
async def schemas() -> Path:
    """A folder for each version of the manifest. Fails where npm cannot install it: unjudged is not valid."""
    await install(FOLDER, await find_node())
    return SCHEMAS


def _validator(schemas: Path, name: str) -> Draft4Validator:
    version = json.loads(TEMPLATE.read_text(encoding="utf-8"))["manifestVersion"]
    return Draft4Validator(json.loads((schemas / f"v{version}" / name).read_text(encoding="utf-8")))


@pytest.fixture
def schema(schemas: Path) -> Draft4Validator:
    """What judges a manifest of the version that ours has."""
    return _validator(schemas, "MicrosoftTeams.schema.json")


@pytest.fixture
def localization_schema(schemas: Path) -> Draft4Validator:
    """What judges the file of a further language."""
    return _validator(schemas, "MicrosoftTeams.Localization.schema.json")
