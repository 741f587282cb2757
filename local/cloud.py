"""The connection to the simulated Public Cloud, for local mode: no clouds.yaml and no environment is read."""

from collections.abc import Callable

import openstack
from openstack.connection import Connection

from local.simulator import Simulator


def connect_to(simulator: Simulator) -> Callable[[], Connection]:
    """What connects openstacksdk to the simulator, when it is called."""

    def connect() -> Connection:
        return openstack.connect(
            load_yaml_config=False,
            load_envvars=False,
            auth_type="v3applicationcredential",
            auth={
                "auth_url": f"{simulator.url}/identity/v3",
                "application_credential_id": "local",
                "application_credential_secret": "local",
            },
        )

    return connect
