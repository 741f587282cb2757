"""What the API takes and gives, as pydantic models: they read it, check it, and are its OpenAPI document."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints

from changes.model import Change, ChangeType, Decision, Outcome, Person, State

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


def _storable(value: str) -> str:
    if _UNSTORABLE.search(value):
        raise ValueError("It has a character that cannot be stored")
    return value


def _zulu(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


Moment = Annotated[
    datetime,
    BeforeValidator(_moment, json_schema_input_type=Annotated[str, Field(pattern=MOMENT)]),
    PlainSerializer(_zulu, return_type=Annotated[str, Field(json_schema_extra={"format": "date-time"})]),
]
Text = Annotated[str, BeforeValidator(lambda value: _storable(value) if isinstance(value, str) else value)]
Word = Annotated[Text, StringConstraints(min_length=1, max_length=100)]
Id = Annotated[str, StringConstraints(pattern=CHANGE_ID)]


class Taken(BaseModel):
    """What is sent: nothing that is not known, and nothing of another type."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Given(BaseModel):
    """What is answered."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PersonModel(Given):
    """Somebody, by Entra object id. The name is empty where it is not known."""

    id: str
    name: str

    @classmethod
    def of(cls, person: Person) -> "PersonModel":
        """As the core has them."""
        return cls(id=person.id, name=person.name)


class DecisionModel(Given):
    """What was decided, by whom and when."""

    verdict: str
    by: PersonModel
    at: Moment

    @classmethod
    def of(cls, decision: Decision | None) -> "DecisionModel | None":
        """As the core has it."""
        if decision is None:
            return None
        return cls(verdict=decision.verdict, by=PersonModel.of(decision.by), at=decision.at)


class ChangeModel(Given):
    """A change. `end` is the end of its window with every extension; `version` counts all that has happened to it."""

    id: str
    state: State
    version: int
    service: str
    title: str
    kind: ChangeType
    start: Moment
    end: Moment
    extended_minutes: int
    what: str
    why: str
    tests: list[str]
    risks: str
    rollback: str
    affected: str
    notify: list[str]
    reason: str
    requester: PersonModel
    implementer: PersonModel
    created_at: Moment
    submitted_at: Moment | None
    started_at: Moment | None
    ended_at: Moment | None
    precheck: DecisionModel | None
    go: DecisionModel | None
    outcome: Outcome | None
    closing_reason: str

    @classmethod
    def of(cls, change: Change, version: int) -> "ChangeModel":
        """As the core has it."""
        plan = change.plan
        same = ("service", "title", "kind", "what", "why", "risks", "rollback", "affected", "reason")
        facts: dict[str, Any] = {name: getattr(plan, name) for name in same}
        mine = ("id", "state", "extended_minutes", "created_at", "submitted_at", "started_at", "ended_at", "outcome")
        facts |= {name: getattr(change, name) for name in mine}
        return cls(
            **facts,
            version=version,
            start=plan.window.start,
            end=change.ends_at,
            tests=list(plan.tests),
            notify=list(plan.notify),
            requester=PersonModel.of(change.requester),
            implementer=PersonModel.of(plan.implementer),
            precheck=DecisionModel.of(change.precheck),
            go=DecisionModel.of(change.go),
            closing_reason=change.closing_reason,
        )


class ChangePage(Given):
    """Some changes, by id. `next` is the cursor of those behind them; null: these were the last."""

    changes: list[ChangeModel]
    next: str | None


class ChangesQuery(Taken):
    """Which changes; their windows, with every extension, touch the time from `since` until `until`."""

    service: Word | None = Field(None, description="The key of a service.")
    state: list[State] = Field([], description="Any of these states; all without it.")
    since: Moment | None = None
    until: Moment | None = None
    words: Text = Field("", max_length=200, description="Words that all occur in the change.")
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Id | None = Field(None, description="The `next` of the page before.")


class NewChange(Taken):
    """A plan, field by field, as the form has it. Date and time are those of the service's own clock."""

    service: Word = Field(description="The key of the service.")
    title: Text = Field(max_length=LONGEST_TEXT)
    what: Text = Field(max_length=LONGEST_TEXT)
    date: Text = Field(max_length=200, description="The day on which the window begins.", examples=["2027-04-15"])
    time: Text = Field(max_length=200, description="When it begins.", examples=["22:00"])
    minutes: int = Field(ge=5, le=7 * 24 * 60, strict=True, description="The expected downtime.")
    tests: list[Annotated[Text, StringConstraints(max_length=LONGEST_TEXT)]] = Field(max_length=50)
    risks: Text = Field(max_length=LONGEST_TEXT)
    rollback: Text = Field(max_length=LONGEST_TEXT)
    why: Text = Field("", max_length=LONGEST_TEXT)
    affected: Text = Field("", max_length=LONGEST_TEXT)
    notify: list[Annotated[Text, StringConstraints(max_length=LONGEST_TEXT)]] = Field([], max_length=50)
    implementer: Text = Field(
        "", max_length=200, description="A name or an Entra object id; empty: the token's person."
    )
    kind: ChangeType = ChangeType.NORMAL
    reason: Text = Field("", max_length=LONGEST_TEXT, description="Why it cannot wait: short notice, or an emergency.")


class FreezeModel(Given):
    """Days, both included, on which no window of the service may lie; `start` and `end` are the same as moments."""

    service: str
    name: str
    first: date
    last: date
    start: Moment
    end: Moment


class ServiceModel(Given):
    """A service whose changes are carried."""

    key: str
    name: str
    timezone: str
    languages: list[str]
    approver: PersonModel


class ServiceList(Given):
    """All services, by name."""

    services: list[ServiceModel]


class OfService(Taken):
    """Of one service, or of all."""

    service: Word | None = Field(None, description="The key of a service.")


class FreezeList(Given):
    """Freezes, the earliest first."""

    freezes: list[FreezeModel]


class WindowModel(Given):
    """The window of a change with every extension."""

    change: str
    service: str
    title: str
    state: State
    start: Moment
    end: Moment


class WindowList(Given):
    """Windows, the earliest first. Not `complete`: there are more, so ask for less time at once."""

    windows: list[WindowModel]
    complete: bool


class WindowsQuery(OfService):
    """A time of at most 366 days: from now, and 31 days long, unless it is said."""

    since: Moment | None = None
    until: Moment | None = None


class GateQuery(Taken):
    """May this be deployed then? `needs_window`: only within the started window of a change."""

    service: Word = Field(description="The key of the service.")
    at: Moment | None = Field(None, description="The moment; now without it.")
    needs_window: bool = Field(True, description="`false` for a deployment that needs no change.")


class LookedAt(Given):
    """What the gate has looked at: the moment, and the changes and freezes that touch it or are still at work."""

    service: str
    at: Moment
    needs_window: bool
    changes: list[str]
    freezes: list[str]


class GateModel(Given):
    """Whether it may be deployed, and why. As things stand that holds until `until`; null: nothing is known ahead."""

    allowed: bool
    reasons: list[str]
    change: str | None
    until: Moment | None
    looked_at: LookedAt


class FieldProblem(Given):
    """What is wrong with one field."""

    field: str
    detail: str


class ProblemModel(BaseModel):
    """A refusal, as RFC 9457 has it."""

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] | None = None
