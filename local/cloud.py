"""The connection to the simulated Public Cloud, for local mode: no clouds.yaml and no environment is read."""

from collections.abc import Mapping

from local.simulator import Simulator


def cloud_arguments(simulator: Simulator) -> Mapping[str, object]:
    """What `openstack.connect` is called with to reach the simulator."""
    return {
        "load_yaml_config": False,
        "load_envvars": False,
        "auth_type": "v3applicationcredential",
        "auth": {
            "auth_url": f"{simulator.url}/identity/v3",
            "application_credential_id": "local",
            "application_credential_secret": "local",
        },
    }
