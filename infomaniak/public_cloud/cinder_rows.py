"""What openstacksdk read of a volume, a snapshot and the quota, as far as the bot needs it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from openstack.block_storage.v3.limits import Limits


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume. `size` is in GiB; `updated_at` is when its row at the provider last changed."""

    id: str
    name: str
    status: str
    bootable: bool
    size: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class VolumeSnapshot:
    """A snapshot of a volume; its status is the provider's word."""

    id: str
    name: str
    status: str
    size: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Quota:
    """What the quota leaves. A limit of -1 is none."""

    snapshots_used: int
    snapshots_most: int
    gigabytes_used: int
    gigabytes_most: int


def read_volume(row: object) -> Volume:
    """The volume. Raises ValueError when the answer was not one."""
    return Volume(
        id=_text(row, "id"),
        name=str(getattr(row, "name", None) or ""),
        status=_text(row, "status"),
        bootable=_truth(getattr(row, "is_bootable", None)),
        size=int(getattr(row, "size", None) or 0),
        updated_at=_moment(getattr(row, "updated_at", None) or _text(row, "created_at")),
    )


def read_snapshot(row: object) -> VolumeSnapshot:
    """The snapshot. Raises ValueError when the answer was not one."""
    created_at = _text(row, "created_at")
    return VolumeSnapshot(
        id=_text(row, "id"),
        name=str(getattr(row, "name", None) or ""),
        status=_text(row, "status"),
        size=int(getattr(row, "size", None) or 0),
        created_at=_moment(created_at),
        updated_at=_moment(getattr(row, "updated_at", None) or created_at),
    )


def read_quota(limits: Limits) -> Quota:
    """The quota. Raises TypeError or AttributeError when the answer was not one."""
    absolute = limits.absolute
    return Quota(
        snapshots_used=int(absolute.total_snapshots_used),
        snapshots_most=int(absolute.max_total_snapshots),
        gigabytes_used=int(absolute.total_gigabytes_used),
        gigabytes_most=int(absolute.max_total_volume_gigabytes),
    )


def _text(row: object, field: str) -> str:
    """A field that must be there: openstacksdk makes an object without it from an answer it could not read."""
    value = getattr(row, field, None)
    if not isinstance(value, str) or not value:
        raise ValueError(f"The answer has no {field}.")
    return value


def _truth(value: object) -> bool:
    """Only what is surely no system disk counts as none."""
    return value is not False and str(value).casefold() != "false"


def _moment(text: str) -> datetime:
    """Cinder writes UTC without saying so."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
