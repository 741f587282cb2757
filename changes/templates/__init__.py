"""Templates of a service's changes, and the pre-approval of what they lock (docs/process.md, P104 to P110)."""

from changes.templates.template import *
