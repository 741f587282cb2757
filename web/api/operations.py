"""Everything that the API can do, in one table: it is what is answered, and what the OpenAPI document says."""

from application.api.tokens import Scope
from web.api import commands, models, queries
from web.api.operation import Operation

_READ, _WRITE, _GATE = (Scope.READ,), (Scope.WRITE,), (Scope.GATE, Scope.READ)
OPERATIONS = (
    Operation(
        *("listChanges", "GET", "changes", "The changes that match, page by page, in the order of their ids", _READ),
        *(models.Changes, queries.list_changes, models.ChangesQuery),
        conditional=True,
    ),
    Operation(
        *("createChange", "POST", "changes", "Write a change down as a draft of the token's person", _WRITE),
        *(models.Change, commands.create, models.Model, models.NewChange, 201),
    ),
    Operation(
        *("readChange", "GET", "changes/{id}", "One change, as it stands", _READ),
        *(models.Change, queries.read_change),
        conditional=True,
    ),
    Operation(
        *("submitChange", "POST", "changes/{id}/submit", "Submit a draft of the token's person", _WRITE),
        *(models.Change, commands.submit),
    ),
    Operation(
        *("listServices", "GET", "services", "All services, and the days on which no window may lie", _READ),
        *(models.Services, queries.list_services),
    ),
    Operation(
        *("askGate", "GET", "gate", "May this service be deployed to?", _GATE),
        *(models.GateAnswer, queries.ask_gate, models.GateQuery),
    ),
)
