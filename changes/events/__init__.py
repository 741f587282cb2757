"""What happened to a change. The events are the audit trail, and the change is their fold."""

from changes.events.approval import *
from changes.events.base import *
from changes.events.implementation import *
from changes.events.incident import *
from changes.events.request import *
from changes.events.snapshot import *
from changes.events.tasks import *
