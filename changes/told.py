"""The lines of the ledger: one for each notice and recipient, whichever part of the bot writes it."""

from datetime import datetime

from changes.effects import MailNotice, SendNotice
from changes.policy import Service
from changes.ports import Result, Told, Way


def of_post(notice: SendNotice, service: Service, result: Result, at: datetime, why: str = "") -> Told:
    """What came of the notice in the service's conversation in Teams; `why` is the reason of a failure."""
    key = f"{notice.key}:teams"
    return Told(key, notice.change, notice.kind.value, service.name, Way.TEAMS, result, at, why)


def of_mail(mail: MailNotice, result: Result, at: datetime, why: str = "") -> Told:
    """What came of the mail: why it failed or waits or, once it is sent, why it is a mail and where it can be seen."""
    said = " ".join(each for each in (mail.instead, why) if each) if result is Result.SENT else why or mail.instead
    return Told(mail.key, mail.change, mail.notice.kind.value, mail.to.address, Way.MAIL, result, at, said)
