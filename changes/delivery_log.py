"""The records of the delivery log: one for each notice and recipient, whichever part of the bot writes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from changes.effects import MailNotice, SendNotice
from changes.notification import NOTICES, NoticeKind
from changes.notification.recipients import is_address, mailed_anyway
from changes.policy import Recipient, Service
from changes.text import joined

_LAST = frozenset(kind for kind, spec in NOTICES.items() if spec.is_last)


class DeliveryChannel(StrEnum):
    """How somebody is told."""

    TEAMS = "teams"
    PERSONAL = "personal"
    MAIL = "mail"


class DeliveryStatus(StrEnum):
    """The result of telling somebody."""

    SENT = "sent"
    FAILED = "failed"
    WAITING = "waiting"
    """Nothing went out yet; it is tried again."""
    UNCONFIRMED = "asked"
    """It was handed over and nobody said yet whether it was taken: it is looked for before it is tried again."""


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """A line of the delivery log: who was told what, when, by which way and with what result.

    `key` is unique: one notice to one recipient. `notice` is a NoticeKind or what else was sent, `to` a channel's
    service, a person's name or an address, `why` the reason of a failure or of this way.
    """

    key: str
    change: str
    notice: str
    to: str
    way: DeliveryChannel
    result: DeliveryStatus
    at: datetime
    why: str = ""


def teams_record(
    notice: SendNotice, service: Service, result: DeliveryStatus, at: datetime, why: str = ""
) -> DeliveryRecord:
    """The record of the notice in the service's conversation in Teams; `why` is the reason of a failure."""
    key = f"{notice.key}:teams"
    return DeliveryRecord(key, notice.change, notice.kind.value, service.name, DeliveryChannel.TEAMS, result, at, why)


REDUCED = "reduced"
"""What a line says was sent where it is no notice: a message that Teams took only without something."""


def reduced_record(change: str, message: str, to: str, way: DeliveryChannel, at: datetime, why: str) -> DeliveryRecord:
    """A message that went out with less than it was to have; `why` says what was left out."""
    return DeliveryRecord(
        f"{change}:{message}:{REDUCED}:{way.value}", change, REDUCED, to, way, DeliveryStatus.SENT, at, why
    )


def mail_record(mail: MailNotice, result: DeliveryStatus, at: datetime, why: str = "") -> DeliveryRecord:
    """The record of the mail: why it failed or waits or, once it is sent, why it is a mail and where it can be seen."""
    said = why or mail.instead
    if result is DeliveryStatus.SENT and mail.instead and why:
        said = joined(mail.instead, why)
    return DeliveryRecord(
        mail.key, mail.change, mail.notice.kind.value, mail.to.address, DeliveryChannel.MAIL, result, at, said
    )


def is_irrelevant_for(told: Sequence[DeliveryRecord], mail: MailNotice, service: Service) -> bool:
    """Whether the recipient was never told of the date that this mail retracts; `told` is the change's delivery log."""
    if not NOTICES[mail.notice.kind].takes_back or mail.to.address in mailed_anyway(service):
        return False
    return not any(
        each.way is DeliveryChannel.MAIL and each.to == mail.to.address and each.key != mail.key for each in told
    )


def mailed_before(told: Sequence[DeliveryRecord], notice: SendNotice) -> dict[str, str]:
    """The last notice of the change that each address was mailed before this one."""
    return {
        each.to: each.notice
        for each in told
        if each.way is DeliveryChannel.MAIL
        and each.result is not DeliveryStatus.FAILED
        and not each.key.startswith(f"{notice.key}:")
        and is_address(each.to)  # somebody who was forgotten has none any more
    }


def recipients_of_retraction(
    told: Sequence[DeliveryRecord], notice: SendNotice, present: Sequence[Recipient]
) -> tuple[Recipient, ...]:
    """Who was mailed of the change before and has to read this notice, though no recipient of it otherwise.

    `told` are the change's records in the delivery log, `present` its recipients as things are now. Somebody whom the
    plan named once, and does not any more, reads what becomes of the date they were told; a date that is announced anew
    only where a new one was promised to them.
    """
    if not NOTICES[notice.kind].moves_date:
        return ()
    known = {each.address: each for each in present}
    return tuple(
        known.get(address, Recipient(address))
        for address, heard in mailed_before(told, notice).items()
        if heard not in _LAST
        and (address in known or notice.kind is not NoticeKind.PLANNED or heard == NoticeKind.POSTPONED)
    )
