"""What a notice says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from changes.effects import SendNotice
from changes.model import Change
from changes.notification import NoticeKind
from changes.policy import Service


@dataclass(frozen=True, slots=True)
class NoticeDraft:
    """A notice in one language, before it goes: the text that may be replaced, and what stands before and after it.

    `field` is the id of the input for the text, whose own sentence is `text`. All but that is Teams' markdown.
    """

    field: str
    language: str
    before: str
    text: str
    after: str


Drafts = Mapping[NoticeKind, tuple[NoticeDraft, ...]]
"""For each kind of notice that can be caused now, its draft in each language of the service."""


class NoticeTexts(Protocol):
    """The texts that go to affected people."""

    def post(self, notice: SendNotice, change: Change, service: Service) -> str:
        """The notice in every language of the service, in Teams' markdown."""

    def subject(self, notice: SendNotice, change: Change, service: Service) -> str:
        """What the notice is, in one plain line in the first language of the service."""

    def preview(self, kind: NoticeKind, change: Change, service: Service, now: datetime) -> str:
        """The very text that `kind` would send out now."""

    def draft(self, kind: NoticeKind, change: Change, service: Service, now: datetime) -> tuple[NoticeDraft, ...]:
        """The notice that somebody is about to cause, in each language of the service."""
