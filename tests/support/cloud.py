"""A connection of openstacksdk to the simulator."""

import functools
from collections.abc import Callable

import openstack
from openstack.connection import Connection

from local.simulator import Simulator


def connect_to(simulator: Simulator) -> Callable[[], Connection]:
    return functools.partial(openstack.connect, **simulator.cloud_arguments)  # type: ignore[arg-type]  # no two of one type
