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
    """What came of the mail; where `why` says nothing, the reason why it is a mail stands there, if there is one."""
    notice = mail.notice.kind.value
    return Told(mail.key, mail.change, notice, mail.to.address, Way.MAIL, result, at, why or mail.instead)
