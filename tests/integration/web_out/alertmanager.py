"""An Alertmanager as far as silences go, held to what its published description of version 2 requires of each.

What is required is what `api/v2/openapi.yaml` in github.com/prometheus/alertmanager requires of `postableSilence`,
`silence`, `matchers` and `matcher`.
"""

import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import jsonschema
from aiohttp import web

from tests.integration.web_out.receiver import Received

_TEXT, _TIME = {"type": "string"}, {"type": "string", "format": "date-time"}
POSTABLE: dict[str, Any] = {
    "type": "object",
    "required": ["matchers", "startsAt", "endsAt", "createdBy", "comment"],
    "properties": {
        "id": _TEXT,
        "startsAt": _TIME,
        "endsAt": _TIME,
        "createdBy": _TEXT,
        "comment": _TEXT,
        "matchers": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["name", "value", "isRegex"],
                "properties": {
                    "name": _TEXT,
                    "value": _TEXT,
                    "isRegex": {"type": "boolean"},
                    "isEqual": {"type": "boolean"},
                },
            },
        },
    },
    "additionalProperties": False,
}


@dataclass(slots=True)
class Alertmanager:
    """Its silences by id, and what was done to them, in order."""

    silences: dict[str, dict[str, Any]] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    loses_its_answer: bool = False
    """Whether the next silence is made without whoever asked for it hearing so."""

    def answer(self, asked: Received) -> web.Response:
        """What it answers; an unknown id, a wrong body or an unknown path fails as there."""
        match asked.method, asked.path.split("/")[3:]:
            case "GET", ["silences"]:
                return web.json_response(list(self.silences.values()))
            case "POST", ["silences"]:
                return self._post(json.loads(asked.body))
            case "DELETE", ["silence", known] if known in self.silences:
                self.silences[known]["status"] = {"state": "expired"}
                self.done.append("lifted")
                return web.Response()
        return web.Response(status=404)

    def _post(self, body: dict[str, Any]) -> web.Response:
        jsonschema.validate(body, POSTABLE, format_checker=jsonschema.FormatChecker())
        starts, ends = (datetime.fromisoformat(body[name]) for name in ("startsAt", "endsAt"))
        if ends <= starts:
            return web.Response(status=400)
        given = body.pop("id", "")
        if given and given not in self.silences:
            return web.Response(status=404)
        made = given or str(uuid.uuid4())
        self.silences[made] = body | {"id": made, "status": {"state": "active"}, "updatedAt": body["startsAt"]}
        self.done.append(f"{'prolonged' if given else 'made'} until {body['endsAt'][11:16]}")
        if self.loses_its_answer:
            self.loses_its_answer = False
            return web.Response(status=502)
        return web.json_response({"silenceID": made})

    @property
    def active(self) -> list[dict[str, Any]]:
        return [each for each in self.silences.values() if each["status"]["state"] != "expired"]
