"""What every fault of the provider is tried with: each operation by each backend, and the buttons that stand then."""

from itertools import product
from typing import Literal

import pytest

What = Literal["snapshot", "restore"]
BACKENDS = ("vps_api", "public_cloud")
OPERATIONS: tuple[What, ...] = ("snapshot", "restore")
EACH = pytest.mark.parametrize(("backend", "what"), list(product(BACKENDS, OPERATIONS)))
AGAIN = {"snapshot": "try again", "restore": "ask again"}
TRY_AGAIN = ["snapshot.retry", "snapshot.started", "snapshot.finished", "change.postpone", "snapshot.waive"]
ON_THE_INCIDENT = ["test.result", "incident.update", "incident.tried", "incident.handover", "test.accept"]
ASK_AGAIN = ["restore.ask", "restore.done", *ON_THE_INCIDENT]
