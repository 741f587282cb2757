"""The Public Cloud's place in the registry of providers."""

import functools

from infomaniak.provider_entry import OpenProvider, ProviderAccess, ProviderEntry, of_infomaniak


def _open(access: ProviderAccess) -> OpenProvider:
    # Its SDK is a tenth of all that is loaded, and most have no service there.
    import openstack  # noqa: PLC0415

    from infomaniak.public_cloud.backend import PublicCloud  # noqa: PLC0415

    return PublicCloud(functools.partial(openstack.connect, **access.cloud))  # type: ignore[arg-type]  # no two of one type


PUBLIC_CLOUD = ProviderEntry(
    of_infomaniak("public_cloud"),
    open=_open,
    missing=lambda access: "" if access.cloud else "OS_CLOUD, a name in clouds.yaml",
    only_when_used=True,
)
