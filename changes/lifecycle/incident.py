"""The change became an incident: what was tried, who takes over, how it ends (PROCESS.md, If there is an issue)."""

from changes import commands as c
from changes.errors import WrongState
from changes.events import Completed, Event, HandedOver, IncidentDeclared, IncidentUpdated, RecoveryTried
from changes.lifecycle.guards import in_state, required_text
from changes.lifecycle.testing import not_while_restored, tests_gate
from changes.lifecycle.trouble import trouble_first
from changes.model import IMPLEMENTING, IN_INCIDENT, Change, Outcome, State
from changes.permissions import Permission, authorize
from changes.planning.occupancy import Booking
from changes.policy import Service
from changes.text.messages import Said

OPEN = {State.INCIDENT}


def decide(change: Change, command: c.Command, service: Service, bookings: tuple[Booking, ...]) -> tuple[Event, ...]:
    """Judge a command about an incident."""
    authorize(command.by, Permission.RUN, change, service)
    match command:
        case c.DeclareIncident(reason=reason):
            in_state(change, IMPLEMENTING, Said("an incident is declared while the work goes on"))
            reason = required_text(reason, "reason", Said("Say what is broken and what people notice."))
            declared = *trouble_first(change, reason), IncidentDeclared(reason)
            # The restore did not solve it: that is what the incident process is for.
            return (*declared, HandedOver(reason, in_passing=True)) if change.restored else declared
        case c.NoteTried(way=way, note=note):
            in_state(change, OPEN, Said("there is no incident"))
            return (
                RecoveryTried(way, required_text(note, "comment", Said("Say what was tried, and what came of it."))),
            )
        case c.UpdateIncident(text=text):
            in_state(change, IN_INCIDENT, Said("there is no incident"))
            news = required_text(
                text, "comment", Said("Say how it stands and what comes next: everyone affected reads it.")
            )
            return (IncidentUpdated(news),)
        case c.HandOver(reason=reason):
            in_state(change, OPEN, Said("only an incident is handed over"))
            if change.handed_over_at is not None:
                raise WrongState("{id} was handed over to the incident process already.", id=change.id)
            return (HandedOver(required_text(reason, "reason", Said("Say why it is handed over, and what is known."))),)
        case c.CloseIncident(outcome=outcome):
            in_state(change, OPEN, Said("there is no incident to close"))
            not_while_restored(service, bookings)
            tests_gate(change)
            return (Completed(outcome if outcome is not Outcome.SUCCESSFUL else Outcome.FIXED),)
        case _:
            raise WrongState("{id}: that does not fit here.", id=change.id)
