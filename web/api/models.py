"""What the API takes and gives, as pydantic models: they read it, check it, and are its OpenAPI document."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import AliasPath, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints

from application.ports import VersionedChange
from changes.model import ChangeType, Outcome, RiskLevel, State
from web.moments import zulu

MOMENT = r"^(19[7-9]\d|20\d\d|21\d\d)-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+ -]\d\d:\d\d)$"
CHANGE_ID = r"^CHG-\d{4}-\d{4,9}$"
LONGEST_TEXT = 5000
_MOMENT = re.compile(MOMENT, re.ASCII)


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


Moment = Annotated[
    datetime,
    BeforeValidator(_moment, json_schema_input_type=Annotated[str, Field(pattern=MOMENT)]),
    PlainSerializer(zulu, return_type=Annotated[str, Field(json_schema_extra={"format": "date-time"})]),
]
Word = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Short = Annotated[str, StringConstraints(max_length=200)]
Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]
Lines = Annotated[list[Text], Field(max_length=50)]


class Model(BaseModel):
    """Nothing but its fields, read from JSON or from what the core has under the same names."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)


class ChangesQuery(Model):
    """Which changes; their windows, with every extension, touch the time from `since` until `until`."""

    service: Word | None = Field(None, description="The key of a service.")
    since: Moment | None = None
    until: Moment | None = None
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
    risk_answers: Lines = Field([], description="The answers to what the service asks about the risk, in that order.")
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


class Change(Model):
    """A change; its window is until `end` with every extension. `version` counts all that has happened to it."""

    id: str
    version: int
    service: str
    state: State
    kind: ChangeType
    start: Moment
    end: Moment
    extended_minutes: int
    title: str
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
    risk: RiskLevel | None
    outcome: Outcome | None
    closing_reason: str

    @classmethod
    def of(cls, stored: VersionedChange) -> "Change":
        """The change as it stands: each field that it or its plan has, by its name."""
        change, plan = stored.change, stored.change.plan
        facts = {name: getattr(plan, name, getattr(change, name, None)) for name in cls.model_fields}
        its = {"start": plan.window.start, "end": change.ends_at, "tasks": [each.typed for each in plan.tasks]}
        its |= {"risk": change.risk and change.risk.level, "version": stored.version}
        return cls.model_validate(facts | its)


class Changes(Model):
    """Some changes, by id. `next` is the cursor of those behind them; null: these were the last."""

    changes: list[Change]
    next: str | None


class Freeze(Model):
    """Days of the service's own clock, both included, on which no window may lie."""

    name: str
    first: date
    last: date


class Service(Model):
    """A service whose changes are carried."""

    key: str
    name: str
    timezone: str = Field(validation_alias=AliasPath("zone", "key"))
    languages: list[str]
    approver: Person
    freezes: list[Freeze]


class Services(Model):
    """All services, by name."""

    services: list[Service]


class GateAnswer(Model):
    """Whether it may be deployed at the moment `at`, as things stand, and why; `change`: in whose window."""

    allowed: bool
    reasons: list[str]
    change: str | None
    at: Moment


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
