"""The smaller tables of services.toml, and what stands in them: each setting with what it may be and what it means."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    field_validator,
)

from infomaniak.registry import PROVIDERS
from settings import values

LONGEST_SPAN = timedelta(days=366)
"""A service is not closed or frozen for longer at once: such a span is a slip of the pen."""
A_DAY = 24 * 60
"""Minutes."""
Language = Literal["en", "fr", "de"]


def text(longest: int, *, empty: bool = False) -> PlainValidator:
    """One line of at most so many characters."""
    return PlainValidator(partial(values.one_line, longest=longest, empty=empty))


def whole(least: int, most: int) -> PlainValidator:
    """A whole number within the bounds."""
    return PlainValidator(partial(values.whole_number, least=least, most=most))


def at_most(most: int) -> Any:
    """A list of at most so many."""
    return BeforeValidator(partial(values.listed, most=most))


def unique(found: list[str]) -> list[str]:
    """The list, in which nothing stands twice."""
    values.each_once(found)
    return found


def short_word(value: object) -> str:
    """A short word by which something is called in commands and settings."""
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


Name = Annotated[str, text(60)]
PersonId = Annotated[str, PlainValidator(_person)]
Link = Annotated[str, PlainValidator(values.link)]
Day = Annotated[date, PlainValidator(values.day)]


class Strict(BaseModel):
    """A table in which a setting that does not exist is refused."""

    model_config = ConfigDict(extra="forbid")


class Vps(Strict):
    """The server of a service."""

    name: Name = Field(description="What the server is called at Infomaniak; whoever confirms a restore types it.")
    disk: Annotated[str, PlainValidator(_data_disk)] = Field(
        default="data", description="The disk of which snapshots are taken: `data`, and no other."
    )
    backend: Literal[tuple(PROVIDERS)] = Field(  # type: ignore[valid-type]  # known when it runs
        default=next(iter(PROVIDERS)), description="Who takes the snapshots, see [install](install.md)."
    )
    snapshot_minutes: Annotated[int, whole(1, A_DAY)] = Field(
        default=150, description="Minutes that a snapshot takes, until there are measured ones."
    )
    restore_minutes: Annotated[int, whole(1, A_DAY)] = Field(
        default=60, description="Minutes that a restore takes, until there are measured ones."
    )
    reference: Annotated[str, text(100, empty=True)] = Field(
        default="",
        description="The id of the volume (`public_cloud`) or of the server (`vps_api`), where the name is not enough.",
    )


class BackupTable(Strict):
    """Files that can be brought back without the snapshot."""

    name: Annotated[str, text(40)] = Field(description="What the backup is called.")
    minutes: Annotated[int, whole(1, 7 * A_DAY)] = Field(
        default=60, description="Minutes that it takes to bring files back from it."
    )
    link: Link = Field(default="", description="Where it is, `https://…`.")
    steps: Annotated[list[Annotated[str, text(120)]], at_most(8)] = Field(
        default=[], description="How it is done, as a checklist of up to eight lines."
    )


class Days(Strict):
    """Days, both included."""

    first: Day = Field(alias="from", description="The first day.")
    last: Day = Field(alias="to", description="The last day; at most a year later.")

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
        """Each of them."""
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


class FreezeTable(Days):
    """Days on which no window may lie."""

    name: Name = Field(description="Why, in a word or two; it stands in the refusal.")


def _from_to(value: object) -> object:
    """A day alone is a time from that day to that day."""
    if type(value) is date:
        return {"from": value, "to": value}
    if not isinstance(value, dict):
        raise ValueError("write a day as 2027-12-24, without quotes, or as {from = 2027-12-24, to = 2028-01-02}")
    return value


ClosedDays = Annotated[Days, BeforeValidator(_from_to)]


def _written_out(address: object) -> object:
    """An address alone is a recipient who reads every language of the service."""
    return {"address": address} if isinstance(address, str) else address


class Mail(Strict):
    """An address that hears of a service."""

    address: Annotated[str, PlainValidator(values.mail_address)] = Field(description="The address.")
    language: Literal["", Language] = Field(
        default="", description="The language that it reads; every language of the service unless set."
    )


Recipient = Annotated[Mail, BeforeValidator(_written_out)]


def addresses_once(recipients: list[Mail]) -> list[Mail]:
    """The list, in which no address stands twice."""
    met = [each.address.casefold() for each in recipients]
    if twice := next((each for each in met if met.count(each) > 1), ""):
        raise ValueError(f"{twice} stands there twice and would get every mail twice; name each address once")
    return recipients


def names_once(tables: list[Any]) -> list[Any]:
    """The list, in which no name stands twice."""
    values.each_once([each.name for each in tables])
    return tables


def _in_each_language(words: object) -> object:
    """A text alone stands for every language."""
    return dict.fromkeys(get_args(Language), words) if isinstance(words, str) else words


_FewLines = Annotated[str, PlainValidator(partial(values.few_lines, longest=120, most=4))]


class Words(Strict):
    """A text of up to four lines in each language."""

    en: _FewLines = Field(default="", description="In English.")
    fr: _FewLines = Field(default="", description="In French.")
    de: _FewLines = Field(default="", description="In German.")


InLanguages = Annotated[Words, BeforeValidator(_in_each_language)]
