"""A simulated Infomaniak on loopback: the API that `infomaniak/` speaks, by a clock that can be moved."""

from local.simulator.faults import FAULTS, Fault
from local.simulator.server import Simulator, start
from local.simulator.world import Machine, Operation, Snapshot
