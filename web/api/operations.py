"""Everything that the API can do, in one table: it is what is answered, and what the OpenAPI document says."""

from application.api.tokens import Scope
from web.api import looking, models, writing
from web.api.operation import Operation

_READ, _WRITE, _GATE = (Scope.READ,), (Scope.WRITE,), (Scope.GATE, Scope.READ)
OPERATIONS = (
    Operation(
        *("listChanges", "GET", "changes", "The changes that match, page by page, in the order of their ids", _READ),
        *(models.Changes, looking.list_changes, models.ChangesQuery),
        conditional=True,
    ),
    Operation(
        *("createChange", "POST", "changes", "Write a change down as a draft of the token's person", _WRITE),
        *(models.FullChange, writing.create, None, models.NewChange, 201),
    ),
    Operation(
        *("readChange", "GET", "changes/{id}", "One change, as it stands", _READ),
        *(models.FullChange, looking.read_change),
        conditional=True,
    ),
    Operation(
        *("submitChange", "POST", "changes/{id}/submit", "Submit a draft of the token's person", _WRITE),
        *(models.FullChange, writing.submit),
    ),
    Operation("listServices", "GET", "services", "All services", _READ, models.Services, looking.list_services),
    Operation(
        *("listFreezes", "GET", "freezes", "The days on which no window may lie", _READ),
        *(models.Freezes, looking.list_freezes, models.OfService),
    ),
    Operation(
        *("listWindows", "GET", "windows", "The windows in a time, the earliest first", _READ),
        *(models.Windows, looking.list_windows, models.WindowsQuery),
    ),
    Operation(
        *("askGate", "GET", "gate", "May this service be deployed to?", _GATE),
        *(models.Gate, looking.ask_gate, models.GateQuery),
    ),
)
