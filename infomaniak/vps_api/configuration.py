"""What Infomaniak has not published about VPS snapshots, as configuration instead of code.

Documented by Infomaniak: `Paths.accounts`, `Paths.products` and `Paths.task`.
HYPOTHETICAL, inferred from a catalogue of 2019 and to be corrected when Infomaniak answers: every path with
`snapshot` in it, all of `Bodies`, `Fields` and `Words`. The backend is therefore off unless someone configures it,
in the table `[vps_api]` of services.toml, which has these very names.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Annotated

from pydantic import ConfigDict, Strict

from changes.snapshots import OperationState

STRICT = ConfigDict(extra="forbid")
"""Read from a file, a setting that does not exist is refused and not ignored."""

_PLACE = re.compile(r"\{(\w*)\}")
_SEGMENTS = re.compile(r"(?:/[A-Za-z0-9._~{}-]+)+", re.ASCII)
_WORD = re.compile(r"[!-~](?:[ -~]*[!-~])?", re.ASCII)
_NUMBER = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)
MOST_SNAPSHOTS = 1000
_PLACES = (  # each path, the places that it may have, and those that it must have
    ("accounts", set[str](), set[str]()),
    ("products", {"account_id"}, {"account_id"}),
    ("task", {"uuid"}, {"uuid"}),
    ("snapshots", {"vps_id"}, {"vps_id"}),
    ("restore", {"vps_id", "name"}, {"vps_id"}),
)

# A snapshot being restored exists as a snapshot, whatever becomes of the restore.
_SNAPSHOT_WORDS: Mapping[str, OperationState] = {
    "pending": OperationState.QUEUED,
    "creating": OperationState.RUNNING,
    "available": OperationState.SUCCEEDED,
    "restoring": OperationState.SUCCEEDED,
    "restore_failed": OperationState.SUCCEEDED,
    "error": OperationState.FAILED,
}
_RESTORE_WORDS: Mapping[str, OperationState] = {
    "restoring": OperationState.RUNNING,
    "available": OperationState.SUCCEEDED,
    "restore_failed": OperationState.FAILED,
}


@dataclass(frozen=True, slots=True)
class Paths:
    """Paths below the API's address. Those of snapshots are hypothetical, the others documented.

    A path is refused with ValueError unless it begins with a slash and has exactly the places that it has here;
    that of the restore may leave `{name}` to the body.
    """

    __pydantic_config__ = STRICT

    accounts: str = "/1/accounts"
    products: str = "/1/accounts/{account_id}/products"
    task: str = "/1/async/tasks/{uuid}"
    snapshots: str = "/1/vps/{vps_id}/snapshot"
    restore: str = "/1/vps/{vps_id}/snapshot/{name}/restore"

    def __post_init__(self) -> None:
        for name, known, needed in _PLACES:
            path = getattr(self, name)
            if not path.startswith("/"):
                raise ValueError(f"The path {name} is {path!r}: it has to begin with a slash.")
            if not _SEGMENTS.fullmatch(path) or {".", ".."} & set(path.split("/")):
                raise ValueError(f"The path {name} is {path[:60]!r}: write words with one slash between, nothing else.")
            found = set(_PLACE.findall(path))
            if found - known or needed - found or set("{}") & set(_PLACE.sub("", path)):
                places = " and ".join(f"{{{each}}}" for each in sorted(known, reverse=True)) or "no place to fill in"
                raise ValueError(f"The path {name} is {path!r}: it has to have {places}, and no other.")


@dataclass(frozen=True, slots=True)
class Fields:
    """Names of the fields of a listed snapshot and of the creating call's body; all hypothetical.

    `ended_at` and `restored_at` hold Unix times: the end of the snapshot and of the last try to restore it.
    """

    __pydantic_config__ = STRICT

    name: str = "name"
    disk: str = "disk"
    status: str = "status"
    created_at: str = "created_at"
    ended_at: str = "finished_at"
    restored_at: str = "restored_at"
    task: str = "task_uuid"

    def __post_init__(self) -> None:
        for each in fields(self):
            if not _WORD.fullmatch(getattr(self, each.name)):
                raise ValueError(f"The field {each.name} has to be a name in Infomaniak's answers.")


@dataclass(frozen=True, slots=True)
class Words:
    """Words the provider uses for states and for the data disk; all hypothetical.

    A word for the disk that does not say *data* is refused with ValueError: docs/process.md, P57, wants a
    snapshot of the VM's data only.
    """

    __pydantic_config__ = STRICT

    data_disk: str = "data"
    snapshot: Mapping[str, OperationState] = field(default_factory=lambda: _SNAPSHOT_WORDS)
    restore: Mapping[str, OperationState] = field(default_factory=lambda: _RESTORE_WORDS)

    def __post_init__(self) -> None:
        word = self.data_disk.casefold()
        if "data" not in word or "system" in word:
            raise ValueError(
                f"Only the data disk may be snapshotted, and {self.data_disk!r} does not name it; "
                "set the word that Infomaniak uses for the data disk."
            )


@dataclass(frozen=True, slots=True)
class Bodies:
    """What the creating and the restoring call send; all hypothetical. `{name}` and `{disk}` are filled in.

    A creating call that does not say which disk is refused with ValueError: it might take the system's. So is one
    without the name, by which alone the snapshot is found again.
    """

    __pydantic_config__ = STRICT

    create: Mapping[str, str | bool | int] = field(default_factory=lambda: {"name": "{name}", "disk": "{disk}"})
    restore: Mapping[str, str | bool | int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if "{disk}" not in self.create.values():
            raise ValueError("The creating call has to say which disk: give a field of its body the value {disk}.")
        if not _says_the_name(self.create):
            raise ValueError("The creating call has to say the snapshot's name: put {name} into a field of its body.")

    @staticmethod
    def filled(template: Mapping[str, str | bool | int], name: str, disk: str) -> dict[str, object]:
        """The body for the snapshot `name`."""
        values = {"name": name, "disk": disk}
        return {
            key: _PLACE.sub(lambda place: values.get(place[1], place[0]), value) if isinstance(value, str) else value
            for key, value in template.items()
        }


def _says_the_name(body: Mapping[str, str | bool | int]) -> bool:
    return any(isinstance(value, str) and "{name}" in value for value in body.values())


@dataclass(frozen=True, slots=True)
class VpsApiSettings:
    """How to speak with the VPS API. Without `account_id` every account that the token sees is searched.

    `snapshot_limit` is how many snapshots a server may have, 0 when that is not known. A restore that says nowhere
    from which snapshot, and a negative limit, are refused with ValueError.
    """

    __pydantic_config__ = STRICT

    account_id: str = ""
    service_name: str = "vps"
    snapshot_limit: Annotated[int, Strict()] = 0
    paths: Paths = field(default_factory=Paths)
    bodies: Bodies = field(default_factory=Bodies)
    fields: Fields = field(default_factory=Fields)
    words: Words = field(default_factory=Words)

    def __post_init__(self) -> None:
        if isinstance(self.snapshot_limit, bool) or not 0 <= self.snapshot_limit <= MOST_SNAPSHOTS:
            raise ValueError(
                f"The snapshot_limit has to be a number of snapshots up to {MOST_SNAPSHOTS}, or 0 when it is not known."
            )
        if not _NUMBER.fullmatch(self.account_id):
            raise ValueError("The account_id has to be the account's number, or empty to search every account.")
        if not _WORD.fullmatch(self.service_name):
            raise ValueError("The service_name has to be what Infomaniak calls a server in its list of products.")
        if "{name}" not in self.paths.restore and not _says_the_name(self.bodies.restore):
            raise ValueError("The restoring call has to say from which snapshot: put {name} into its path or body.")
