"""The fields of a plan: all of them in one table, and what is said of each."""

from changes.plan_fields.entries import *
from changes.plan_fields.table import *
