"""Everything that the API can do, in one table: it is what is answered, and what the OpenAPI document says."""

from application.api_tokens import Scope
from web.api import looking
from web.api.models import ChangeModel
from web.api.operation import Operation

_READ = (Scope.READ,)

OPERATIONS = (
    Operation(
        "readChange",
        "GET",
        "changes/{id}",
        "One change, as it stands",
        _READ,
        ChangeModel,
        looking.change,
        conditional=True,
    ),
)
