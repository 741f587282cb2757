"""Who is told of a change, and what they were told."""

from changes.notification.cards import *
from changes.notification.notices import *
from changes.notification.public_texts import *
from changes.notification.thread_messages import *
