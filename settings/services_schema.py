"""The tables of services.toml: each setting with what it may be, and what of it has to fit together."""

from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    PlainValidator,
    ValidationInfo,
    create_model,
    field_validator,
    model_validator,
)

from changes.model import RiskLevel, Stage
from infomaniak.registry import PROVIDERS
from settings import values
from settings.policy_table import PolicyTable
from settings.services_parts import (
    BackupTable,
    ClosedDays,
    FreezeTable,
    InLanguages,
    Language,
    Link,
    Name,
    PersonId,
    Recipient,
    Strict,
    Vps,
    Words,
    addresses_once,
    at_most,
    names_once,
    short_word,
    unique,
)
from settings.services_risk import MOST_STAGES, ApprovalTable, Groups, RiskTable
from settings.services_tools import MonitoringTable, WebhookTable, WikiTable

MOST_WEBHOOKS = 6
"""With more, those that hang could take the places of the wiki and the monitoring (scheduler/outbox.py)."""


def _approver_mail(value: object) -> str:
    return values.mail_address(value) if value != "" else ""


class ServiceTable(Strict):
    """One service."""

    key: Annotated[str, PlainValidator(short_word)] = Field(
        description="What the service is called in commands: a short word of small letters, digits and hyphens."
    )
    name: Name = Field(description="What people call it.")
    timezone: Annotated[str, PlainValidator(values.time_zone)] = Field(
        default="Europe/Zurich", description="The clock by which its windows and notices go."
    )
    languages: Annotated[list[Language], AfterValidator(unique)] = Field(
        default=["en"],
        min_length=1,
        description="The languages of its notices; the cards in its channel are in the first.",
    )
    approver: PersonId = Field(description="Who does the pre-checks and gives GO: the person's Entra object id.")
    deputies: Annotated[list[PersonId], at_most(20), AfterValidator(unique)] = Field(
        default=[], description="Who decides where the approver cannot."
    )
    mail: Annotated[list[Recipient], at_most(100), AfterValidator(addresses_once)] = Field(
        default=[],
        description="Who hears of it by mail: addresses, or tables of an address and a language.",
    )
    approver_mail: Annotated[str, PlainValidator(_approver_mail)] = Field(
        default="", description="An address of the approver, who gets the same mails."
    )
    notify: Annotated[list[Literal["teams", "mail"]], AfterValidator(unique)] = Field(
        default=["teams"], min_length=1, description="How affected people are told; `mail` needs `GRAPH_SENDER`."
    )
    vps: Vps = Field(description="Its server.")
    policy: PolicyTable = Field(  # type: ignore[valid-type]  # it is made when it runs
        default_factory=PolicyTable, description="Numbers of the process that differ from the usual ones."
    )
    freeze: Annotated[list[FreezeTable], at_most(100)] = Field(
        default=[], description="Days on which no window may lie."
    )
    closed: Annotated[list[ClosedDays], at_most(400)] = Field(
        default=[],
        description="Days on which nobody works, beside weekends and the public holidays of Valais: single ones, or "
        "tables of `from` and `to`.",
    )
    backup: Annotated[list[BackupTable], at_most(3), AfterValidator(names_once)] = Field(
        default=[], description="Where files can be brought back from when the snapshot is not the way, up to three."
    )
    monitoring: MonitoringTable | None = Field(
        default=None, description="What watches it, in the place of what watches all."
    )
    incident_link: Link = Field(default="", description="Where its incident process is described, `https://…`.")
    greeting: InLanguages = Field(
        default=Words(), description="How its mails begin: one text for all languages, or one in each."
    )
    signature: InLanguages = Field(default=Words(), description="Who signs its mails, in up to four lines.")

    risk: RiskTable | None = Field(
        default=None, description="How the risk of its changes is assessed; an empty table asks the usual questions."
    )
    groups: Groups = Field(default={}, description="People by the name of a group, for `approval`.")
    approval: Annotated[list[ApprovalTable], at_most(MOST_STAGES)] = Field(
        default=[], description="Who decides, stage by stage, where it is not the approver or a deputy alone."
    )

    @field_validator("deputies", mode="after")
    @classmethod
    def _somebody_else(cls, deputies: list[str], info: ValidationInfo) -> list[str]:
        approver = info.data.get("approver")
        if approver in deputies:
            raise ValueError(f"{approver} is approver and deputy; name somebody else as deputy, or nobody")
        return deputies

    @field_validator("notify", mode="after")
    @classmethod
    def _mails_reach_somebody(cls, notify: list[str], info: ValidationInfo) -> list[str]:
        if "mail" in notify and info.data.get("mail") == []:
            raise ValueError("it names mail, but nobody stands under mail; add an address there")
        if "mail" in notify and info.context and not info.context.can_mail:
            raise ValueError("it names mail, which needs GRAPH_SENDER; see docs/install.md")
        return notify

    @property
    def stages(self) -> tuple[Stage, ...]:
        """What the tables of `approval` say. Raises ValueError as they do."""
        groups = {**self.groups, "approver": [self.approver], "deputies": self.deputies}
        named = {one for each in self.approval for who in each.who for one in groups.get(who, (who,))}
        stand_ins = [each for each in self.deputies if each not in named]  # nobody's one answer fills two stages
        return tuple(each.stage(groups, stand_ins) for each in self.approval)

    @model_validator(mode="after")
    def _decidable(self) -> Self:
        levels = {each.level for each in self.stages}
        if self.risk is None and levels - {None}:
            raise ValueError("approval: it names a level, but no risk is assessed; write [service.risk] too")
        if self.risk is not None and not self.deputies and not levels & {None, RiskLevel.HIGH}:
            raise ValueError("approval: a high risk asks two people, and there is no deputy; name one, or who decides")
        return self


class _Listed(Strict):
    admins: Annotated[list[PersonId], at_most(100), AfterValidator(unique)] = Field(
        default=[],
        validate_default=True,
        description="Who binds services to their channels and looks after the bot: Entra object ids, at least one.",
    )
    service: Annotated[list[ServiceTable], at_most(100)] = Field(min_length=1, description="The services.")
    webhook: Annotated[list[WebhookTable], at_most(MOST_WEBHOOKS), AfterValidator(names_once)] = Field(
        default=[], description="Programs that hear of every event, see [integrations](integrations.md)."
    )
    monitoring: MonitoringTable | None = Field(
        default=None, description="What watches the services, and is told when alarms are expected."
    )
    wiki: WikiTable | None = Field(
        default=None, description="The DokuWiki that gets the record of each change, and a list of them."
    )

    @field_validator("admins", mode="after")
    @classmethod
    def _somebody(cls, admins: list[str], info: ValidationInfo) -> list[str]:
        if not admins and info.context:
            raise ValueError(
                "nobody stands there, and only an admin can bind a service to its channel; write the Entra object id "
                'of at least one above the first [[service]], like admins = ["…"]'
            )
        return admins


PROVIDER_TABLES = {key: entry.table for key, entry in PROVIDERS.items() if entry.table is not None}
ServicesTable = create_model(  # type: ignore[call-overload]  # as above
    "ServicesTable", __base__=_Listed, **{key: (table | None, None) for key, table in PROVIDER_TABLES.items()}
)
