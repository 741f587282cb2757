"""What a notice says."""

from datetime import datetime
from typing import Protocol

from changes.effects import SendNotice
from changes.model import Change
from changes.notification import NoticeKind
from changes.policy import Service


class NoticeTexts(Protocol):
    """The texts that go to affected people."""

    def post(self, notice: SendNotice, change: Change, service: Service) -> str:
        """The notice in every language of the service, in Teams' markdown."""

    def subject(self, notice: SendNotice, change: Change, service: Service) -> str:
        """What the notice is, in one plain line in the first language of the service."""

    def preview(self, kind: NoticeKind, change: Change, service: Service, now: datetime) -> str:
        """The very text that `kind` would send out now."""
