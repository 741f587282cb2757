"""The Public Cloud's place in the registry of providers."""

import functools

from infomaniak.provider_entry import ClosableBackend, Extra, ProviderAccess, ProviderEntry, of_infomaniak


def _open(access: ProviderAccess) -> ClosableBackend:
    # Its SDK is a tenth of all that is loaded, and most have no service there.
    import openstack  # noqa: PLC0415

    from infomaniak.public_cloud.backend import PublicCloud  # noqa: PLC0415

    arguments = access.simulated_cloud or {"cloud": access.variables["OS_CLOUD"]}
    return PublicCloud(functools.partial(openstack.connect, **arguments))  # type: ignore[arg-type]  # no two of one type


def _missing(access: ProviderAccess) -> str:
    known = access.simulated_cloud or "OS_CLOUD" in access.variables
    return "" if known else "OS_CLOUD, a name in clouds.yaml"


PUBLIC_CLOUD = ProviderEntry(
    of_infomaniak("public_cloud"),
    open=_open,
    missing=_missing,
    only_when_used=True,
    extra=Extra("public-cloud", module="openstack"),
)
