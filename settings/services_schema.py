"""The tables of services.toml: each setting with what it may be, and what of it has to fit together."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    create_model,
    field_validator,
)

from infomaniak.registry import PROVIDERS
from settings import values
from settings.policy_table import PolicyTable

LONGEST_SPAN = timedelta(days=366)
"""A service is not closed or frozen for longer at once: such a span is a slip of the pen."""
A_DAY = 24 * 60
"""Minutes."""


def _text(longest: int, *, empty: bool = False) -> PlainValidator:
    return PlainValidator(partial(values.one_line, longest=longest, empty=empty))


def _whole(least: int, most: int) -> PlainValidator:
    return PlainValidator(partial(values.whole_number, least=least, most=most))


def _list(most: int) -> Any:
    return BeforeValidator(partial(values.listed, most=most))


def _unique(found: list[str]) -> list[str]:
    values.each_once(found)
    return found


def _key(value: object) -> str:
    text = values.one_line(value, 1000)
    letters = text.isascii() and text.replace("-", "").isalnum() and not text.startswith("-")
    if not letters or text != text.lower() or text.replace("-", "").isdigit() or len(text) > 40:
        raise ValueError("write a short word of small letters, digits and hyphens, like learn")
    return text


def _person(value: object, info: ValidationInfo) -> str:
    found = values.guid(value)
    if info.context and values.is_example(found):
        raise ValueError("that is nobody's id, it stands in an example; copy the person's from the Entra portal")
    return found


def _data_disk(value: object) -> str:
    if value != "data":
        raise ValueError(
            'only the data disk is snapshotted, because Infomaniak\'s system snapshots fail; set it to "data"'
        )
    return "data"


_Name = Annotated[str, _text(60)]
_Guid = Annotated[str, PlainValidator(_person)]
_Link = Annotated[str, PlainValidator(values.link)]
_Day = Annotated[date, PlainValidator(values.day)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Vps(_Strict):
    name: _Name
    disk: Annotated[str, PlainValidator(_data_disk)] = "data"
    backend: Literal[tuple(PROVIDERS)] = next(iter(PROVIDERS))  # type: ignore[valid-type]  # known when it runs
    snapshot_minutes: Annotated[int, _whole(1, A_DAY)] = 150
    restore_minutes: Annotated[int, _whole(1, A_DAY)] = 60
    reference: Annotated[str, _text(100, empty=True)] = ""


class _Backup(_Strict):
    name: Annotated[str, _text(40)]
    minutes: Annotated[int, _whole(1, 7 * A_DAY)] = 60
    link: _Link = ""
    steps: Annotated[list[Annotated[str, _text(120)]], _list(8)] = []


class _Days(_Strict):
    first: _Day = Field(alias="from")
    last: _Day = Field(alias="to")

    @field_validator("last", mode="after")
    @classmethod
    def _in_order(cls, last: date, info: ValidationInfo) -> date:
        first = info.data.get("first")
        if first is not None and last < first:
            raise ValueError(f"that is before from ({first}); exchange the two")
        if first is not None and last - first > LONGEST_SPAN:
            raise ValueError(f"that is more than a year after from ({first}); name the days of one year")
        return last

    @property
    def days(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


class _Freeze(_Days):
    name: _Name


def _from_to(value: object) -> object:
    """A day alone is a time from that day to that day."""
    if type(value) is date:
        return {"from": value, "to": value}
    if not isinstance(value, dict):
        raise ValueError("write a day as 2027-12-24, without quotes, or as {from = 2027-12-24, to = 2028-01-02}")
    return value


_ClosedDays = Annotated[_Days, BeforeValidator(_from_to)]


def _written_out(address: object) -> object:
    """An address alone is a recipient who reads every language of the service."""
    return {"address": address} if isinstance(address, str) else address


class _Mail(_Strict):
    address: Annotated[str, PlainValidator(values.mail_address)]
    language: Literal["", "en", "fr", "de"] = ""


_Recipient = Annotated[_Mail, BeforeValidator(_written_out)]


def _addresses_once(recipients: list[_Mail]) -> list[_Mail]:
    met = [each.address.casefold() for each in recipients]
    if twice := next((each for each in met if met.count(each) > 1), ""):
        raise ValueError(f"{twice} stands there twice and would get every mail twice; name each address once")
    return recipients


def _names_once(backups: list[_Backup]) -> list[_Backup]:
    values.each_once([each.name for each in backups])
    return backups


def _approver_mail(value: object) -> str:
    return values.mail_address(value) if value != "" else ""


def _in_each_language(words: object) -> object:
    """A text alone stands for every language."""
    return dict.fromkeys(("en", "fr", "de"), words) if isinstance(words, str) else words


_FewLines = Annotated[str, PlainValidator(partial(values.few_lines, longest=120, most=4))]


class _Words(_Strict):
    en: _FewLines = ""
    fr: _FewLines = ""
    de: _FewLines = ""


_InLanguages = Annotated[_Words, BeforeValidator(_in_each_language)]


class ServiceTable(_Strict):
    """One service."""

    key: Annotated[str, PlainValidator(_key)]
    name: _Name
    timezone: Annotated[str, PlainValidator(values.time_zone)] = "Europe/Zurich"
    languages: Annotated[list[Literal["en", "fr", "de"]], AfterValidator(_unique)] = Field(default=["en"], min_length=1)
    approver: _Guid
    deputies: Annotated[list[_Guid], _list(20), AfterValidator(_unique)] = []
    mail: Annotated[list[_Recipient], _list(100), AfterValidator(_addresses_once)] = []
    approver_mail: Annotated[str, PlainValidator(_approver_mail)] = ""
    notify: Annotated[list[Literal["teams", "mail"]], AfterValidator(_unique)] = Field(default=["teams"], min_length=1)
    vps: _Vps
    policy: PolicyTable = Field(default_factory=PolicyTable)  # type: ignore[valid-type]
    freeze: Annotated[list[_Freeze], _list(100)] = []
    closed: Annotated[list[_ClosedDays], _list(400)] = []
    backup: Annotated[list[_Backup], _list(3), AfterValidator(_names_once)] = []
    incident_link: _Link = ""
    greeting: _InLanguages = _Words()
    signature: _InLanguages = _Words()

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


class _Listed(_Strict):
    admins: Annotated[list[_Guid], _list(100), AfterValidator(_unique)] = Field(default=[], validate_default=True)
    service: Annotated[list[ServiceTable], _list(100)] = Field(min_length=1)

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
