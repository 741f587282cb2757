"""What the outside has to offer: storage, a clock, delivery. One module for each subject."""

from application.ports.changes import *
from application.ports.clock import *
from application.ports.conversations import *
from application.ports.delivery_errors import *
from application.ports.due_items import *
from application.ports.logs import *
from application.ports.notices import *
from application.ports.operations import *
from application.ports.outbox import *
from application.ports.series import *
from application.ports.state import *
from application.ports.statistics import *
from application.ports.tasks import *
from application.ports.templates import *
from application.ports.unit_of_work import *
from application.ports.work import *
