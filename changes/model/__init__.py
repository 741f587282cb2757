"""What a change is: its plan, its window, the decisions about it and where it stands."""

from changes.model.change import *
from changes.model.people import *
from changes.model.plan import *
from changes.model.plan_tasks import *
from changes.model.records import *
from changes.model.risk import *
from changes.model.snapshot import *
from changes.model.states import *
from changes.model.windows import *
