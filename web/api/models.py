"""What the API takes and gives, as pydantic models: they read it, check it, and are its OpenAPI document."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints

from changes.model import Change, ChangeType, Outcome, State
from web.moments import zulu

MOMENT = r"^(19[7-9]\d|20\d\d|21\d\d)-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+ -]\d\d:\d\d)$"
CHANGE_ID = r"^CHG-\d{4}-\d{4,9}$"
LONGEST_TEXT = 5000
_MOMENT = re.compile(MOMENT, re.ASCII)
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


def _moment(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    try:
        if not isinstance(value, str) or not _MOMENT.fullmatch(value):
            raise ValueError
        # A plus sign that was not encoded arrives as a blank.
        return datetime.fromisoformat(f"{value[:10]}T{value[11:].upper().replace(' ', '+')}").astimezone(UTC)
    except ValueError:
        wrong = "Give a moment with its offset, like 2027-04-15T22:00:00+02:00 or 2027-04-15T20:00:00Z"
        raise ValueError(wrong) from None


def _storable(value: object) -> object:
    if isinstance(value, str) and _UNSTORABLE.search(value):
        raise ValueError("It has a character that cannot be stored")
    return value


Moment = Annotated[
    datetime,
    BeforeValidator(_moment, json_schema_input_type=Annotated[str, Field(pattern=MOMENT)]),
    PlainSerializer(zulu, return_type=Annotated[str, Field(json_schema_extra={"format": "date-time"})]),
]
Word = Annotated[str, StringConstraints(min_length=1, max_length=100), BeforeValidator(_storable)]
Short = Annotated[str, StringConstraints(max_length=200), BeforeValidator(_storable)]
Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT), BeforeValidator(_storable)]
Lines = Annotated[list[Text], Field(max_length=50)]


class Model(BaseModel):
    """Nothing but its fields, read from JSON or from what the core has under the same names."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)


class OfService(Model):
    """Of one service, or of all."""

    service: Word | None = Field(None, description="The key of a service.")


class WindowsQuery(OfService):
    """A time of at most 366 days: from now, and 31 days long, unless it is said."""

    since: Moment | None = None
    until: Moment | None = None


class ChangesQuery(WindowsQuery):
    """Which changes; their windows, with every extension, touch the time from `since` until `until`."""

    state: list[State] = Field([], description="Any of these states; all without it.")
    words: Short = Field("", description="Words that all occur in the change.")
    limit: int = Field(50, ge=1, le=100)
    cursor: str | None = Field(None, pattern=CHANGE_ID, description="The `next` of the page before.")


class GateQuery(Model):
    """May this be deployed then?"""

    service: Word = Field(description="The key of the service.")
    at: Moment | None = Field(None, description="The moment; now without it.")
    needs_window: bool = Field(True, description="`false` for a deployment that needs no change.")


class NewChange(Model):
    """A plan, field by field, as the form has it. Date and time are those of the service's own clock."""

    service: Word = Field(description="The key of the service.")
    title: Text
    what: Text
    date: Short = Field(description="The day on which the window begins.", examples=["2027-04-15"])
    time: Short = Field(description="When it begins.", examples=["22:00"])
    minutes: int = Field(ge=5, le=7 * 24 * 60, strict=True, description="The expected downtime.")
    tests: Lines
    risks: Text
    rollback: Text
    why: Text = ""
    affected: Text = ""
    notify: Lines = Field([], description="Mail addresses.")
    tasks: Lines = Field([], description="As in the form, for example `-2d @Nadia: Order the certificate !`.")
    implementer: Short = Field("", description="A name or an Entra object id; empty: the token's person.")
    kind: ChangeType = ChangeType.NORMAL
    reason: Text = Field("", description="Why it cannot wait: short notice, or an emergency.")


class Person(Model):
    """Somebody, by Entra object id. The name is empty where it is not known."""

    id: str
    name: str


class Decided(Model):
    """What was decided, by whom and when."""

    verdict: str
    by: Person
    at: Moment


class Window(Model):
    """The window of a change, until its end with every extension."""

    id: str
    service: str
    title: str
    state: State
    start: Moment
    end: Moment

    @classmethod
    def facts(cls, change: Change) -> dict[str, object]:
        """Each field that the change or its plan has, by its name, and the window."""
        facts = {name: getattr(change.plan, name, getattr(change, name, None)) for name in cls.model_fields}
        facts |= {"tasks": [each.typed for each in change.plan.tasks]} if "tasks" in facts else {}
        return facts | {"start": change.plan.window.start, "end": change.ends_at}


class FullChange(Window):
    """A change. `version` counts all that has happened to it."""

    version: int
    kind: ChangeType
    extended_minutes: int
    what: str
    why: str
    tests: list[str]
    risks: str
    rollback: str
    affected: str
    notify: list[str]
    tasks: list[str]
    reason: str
    requester: Person
    implementer: Person
    created_at: Moment
    submitted_at: Moment | None
    started_at: Moment | None
    ended_at: Moment | None
    precheck: Decided | None
    go: Decided | None
    outcome: Outcome | None
    closing_reason: str


class Changes(Model):
    """Some changes, by id. `next` is the cursor of those behind them; null: these were the last."""

    changes: list[FullChange]
    next: str | None


class Windows(Model):
    """Windows, the earliest first. Not `complete`: there are more, so ask for less time at once."""

    windows: list[Window]
    complete: bool


class Freeze(Model):
    """Days, both included, on which no window of the service may lie; `start` and `end` are the same as moments."""

    service: str
    name: str
    first: date
    last: date
    start: Moment
    end: Moment


class Freezes(Model):
    """Freezes, the earliest first."""

    freezes: list[Freeze]


class Service(Model):
    """A service whose changes are carried."""

    key: str
    name: str
    timezone: str
    languages: list[str]
    approver: Person


class Services(Model):
    """All services, by name."""

    services: list[Service]


class Gate(Model):
    """Whether it may be deployed at the moment, and why; `change`: in whose window. `looked_at` are the changes of the
    service that touch the moment or are at work. As things stand the answer holds until `until`; null: nothing is known
    ahead.
    """

    allowed: bool
    reasons: list[str]
    change: str | None
    until: Moment | None
    at: Moment
    looked_at: list[str]


class FieldProblem(Model):
    """What is wrong with one field."""

    field: str
    detail: str


class Problem(BaseModel):
    """A refusal, as RFC 9457 has it."""

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []
