"""The tables of services.toml about the organisation's other programs: webhooks, the monitoring and the wiki."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PlainValidator, StrictBool, ValidationInfo, field_validator

from changes.events.names import EVENTS
from settings import values
from settings.services_parts import Strict, at_most, short_word, unique

EVENT_NAMES = tuple(sorted(EVENTS.keys() - {"drafted", "rehearsed"}))
_MATCHER = re.compile(r'[a-zA-Z_][a-zA-Z0-9_]*(?:=~|!~|!=|=)"[^"]+"')


def _tool(value: object) -> str:
    """An address inside the organisation, where programs are called over plain http too; or nothing."""
    address = values.one_line(value, 300, empty=True)
    if address:
        is_plain = address.startswith("http://")
        values.web_address(f"https{address[4:]}" if is_plain else address, private=False)
    return address


def _wiki(value: object) -> str:
    """A token goes there: over https, or on this machine."""
    return values.web_address(values.one_line(value, 300)).rstrip("/")


def _matcher(value: object) -> str:
    found = values.one_line(value, 200)
    if not _MATCHER.fullmatch(found):
        raise ValueError("write it as Alertmanager does, in single quotes: 'instance=~\"learn.*\"'")
    return found


def _namespace(value: object) -> str:
    found = values.one_line(value, 100)
    if not re.fullmatch(r"[a-z0-9]+(?:[_:-][a-z0-9]+)*", found):
        raise ValueError("write a namespace of the wiki, of small letters and digits, like processes:changes")
    return found


class WebhookTable(Strict):
    """A program that hears of events."""

    name: Annotated[str, PlainValidator(short_word)] = Field(
        description="What it is called; its secrets stand in `CHANGE_WEBHOOK_SECRETS` under that name."
    )
    allow_private: StrictBool = Field(
        default=False,
        description="Whether it may be on this machine or in a private network, and then over plain `http://` too.",
    )
    url: Annotated[str, PlainValidator(_tool)] = Field(description="Where the events are posted, `https://…`.")
    services: Annotated[list[Annotated[str, PlainValidator(short_word)]], at_most(100), AfterValidator(unique)] = Field(
        default=[], description="The keys of the services whose events it hears; all of them unless set."
    )
    events: Annotated[list[Literal[EVENT_NAMES]], AfterValidator(unique)] = Field(  # type: ignore[valid-type]
        default=[], description="The events that it hears; all of them unless set."
    )

    @field_validator("url", mode="after")
    @classmethod
    def _public(cls, url: str, info: ValidationInfo) -> str:
        if not url:
            raise ValueError("it is empty; write something there")
        return url if info.data.get("allow_private") else values.web_address(url, private=False)


class MonitoringTable(Strict):
    """What watches services, and is told from when until when alarms are expected."""

    alertmanager: Annotated[str, PlainValidator(_tool)] = Field(
        default="", description="The address of an Alertmanager that gets a silence."
    )
    matchers: Annotated[list[Annotated[str, PlainValidator(_matcher)]], at_most(20)] = Field(
        default=[], validate_default=True, description="Which alarms the silence is for, as Alertmanager writes it."
    )
    started: Annotated[str, PlainValidator(_tool)] = Field(
        default="", description="An address that is called when the work begins, and when its end moves."
    )
    ended: Annotated[str, PlainValidator(_tool)] = Field(
        default="", description="An address that is called when the work has ended."
    )

    @field_validator("matchers", mode="after")
    @classmethod
    def _some_alarms(cls, matchers: list[str], info: ValidationInfo) -> list[str]:
        if info.data.get("alertmanager") and not matchers:
            raise ValueError("it is empty; a silence needs at least one")
        return matchers


class WikiTable(Strict):
    """A DokuWiki."""

    url: Annotated[str, PlainValidator(_wiki)] = Field(
        description="Where it is: what stands before `doku.php` in its addresses."
    )
    namespace: Annotated[str, PlainValidator(_namespace)] = Field(
        default="changes", description="Where its pages about changes lie."
    )
    api: Literal["json", "xml"] = Field(
        default="json", description="`json` from the release of February 2024 on, with a token; `xml` before it."
    )
    language: Literal["en", "fr"] = Field(default="en", description="The language of its pages.")
