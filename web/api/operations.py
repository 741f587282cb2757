"""Everything that the API can do, in one table: it is what is answered, and what the OpenAPI document says."""

from application.api.tokens import Scope
from web.api import looking, models, writing
from web.api.operation import Operation

_READ, _WRITE = (Scope.READ,), (Scope.WRITE,)

OPERATIONS = (
    Operation(
        *("listChanges", "GET", "changes", "The changes that match, page by page, in the order of their ids"),
        *(_READ, models.ChangePage, looking.list_changes, models.ChangesQuery),
        conditional=True,
    ),
    Operation(
        *("createChange", "POST", "changes", "Write a change down as a draft of the token's person"),
        *(_WRITE, models.ChangeModel, writing.create),
        body=models.NewChange,
        status=201,
    ),
    Operation(
        *("readChange", "GET", "changes/{id}", "One change, as it stands"),
        *(_READ, models.ChangeModel, looking.read_change),
        conditional=True,
    ),
    Operation(
        *("submitChange", "POST", "changes/{id}/submit", "Submit a draft of the token's person"),
        *(_WRITE, models.ChangeModel, writing.submit),
    ),
    Operation(
        *("listServices", "GET", "services", "All services"),
        *(_READ, models.ServiceList, looking.list_services),
    ),
    Operation(
        *("listFreezes", "GET", "freezes", "The days on which no window may lie"),
        *(_READ, models.FreezeList, looking.list_freezes, models.OfService),
    ),
    Operation(
        *("listWindows", "GET", "windows", "The windows in a time, the earliest first"),
        *(_READ, models.WindowList, looking.list_windows, models.WindowsQuery),
    ),
    Operation(
        *("askGate", "GET", "gate", "May this service be deployed to?"),
        *((Scope.GATE, Scope.READ), models.GateModel, looking.ask_gate, models.GateQuery),
    ),
)
