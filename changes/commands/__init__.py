"""What somebody, or the clock, wants to happen to a change. Each is one sentence in the imperative."""

from changes.commands.approval import *
from changes.commands.base import *
from changes.commands.implementation import *
from changes.commands.incident import *
from changes.commands.request import *
from changes.commands.snapshot import *
from changes.commands.tasks import *
