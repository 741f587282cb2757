"""Microsoft's own schema of the manifest, from the npm package that carries them all."""

import json

import pytest
from jsonschema import Draft4Validator

from local.playground import FOLDER
from local.playground.node import find_node, install

SCHEMAS = FOLDER / "node_modules" / "@microsoft" / "app-manifest" / "build" / "json-schemas" / "teams"


@pytest.fixture
async def schema() -> Draft4Validator:
    """What judges a manifest of version 1.30. Fails where npm cannot install it: unjudged is not valid."""
    await install(FOLDER, await find_node())
    path = SCHEMAS / "v1.30" / "MicrosoftTeams.schema.json"
    return Draft4Validator(json.loads(path.read_text(encoding="utf-8")))
