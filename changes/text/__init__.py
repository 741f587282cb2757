"""Sentences with their facts, labels of times, and what people type as it comes in."""

from changes.text.display_names import *
from changes.text.lengths import *
from changes.text.messages import *
from changes.text.pasted import *
from changes.text.spelling import *
