"""What people read, in order and with its time: posts in the chats and threads, and the mails to affected people."""

import email
import email.policy
import re
from email.message import EmailMessage
from pathlib import Path

from tests.support.running import ZURICH, Bot
from tests.support.teams import EVERYBODY, Call, chat_of, words

_DAY_AND_ID = re.compile(r"(, [^,()]+)? \(CHG-[\d-]+\)$")
MENTION = re.compile(r"<at>(\w+)[^<]*</at>")


def posts(bot: Bot, containing: str = "") -> list[str]:
    """Every new message (no edit) whose text contains that: when, and all it says on one line."""
    said = (_said(call) for call in bot.teams.calls if call.kind != "edit")
    return [each for each in said if containing in each]


def reminders(bot: Bot, containing: str) -> list[str]:
    """When something was said that contains that, and to whom, by first name: who is mentioned, or whose chat it is.

    What is said at one time in several chats is one entry; whoever is told twice stands in it twice.
    """
    told: dict[str, list[str]] = {}
    for call in bot.teams.calls:
        if call.kind != "edit" and containing in (said := _said(call)):
            chats = [who.name.split()[0] for who in EVERYBODY if chat_of(who) == call.message.conversation]
            told.setdefault(said[:12], []).extend(chats or MENTION.findall(said))
    return [" ".join([at, *people]) for at, people in told.items()]


def notices(bot: Bot) -> list[str]:
    """Every notice that stands in a Teams channel: when, and its first line."""
    calls = (call for call in bot.teams.calls if call.message.text.startswith("**ISC "))
    return [
        f"{_at(call)} {call.message.text.splitlines()[0].strip('*')}"
        for call in calls
        if "linked to" not in _said(call)
    ]


def mails(folder: Path, to: str = "") -> list[EmailMessage]:
    """Everything that was mailed, to that address if one is given, the oldest first."""
    files = sorted((folder / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
    read = [
        email.message_from_bytes(each.read_bytes(), _class=EmailMessage, policy=email.policy.default) for each in files
    ]
    return [mail for mail in read if to in str(mail["To"])]


def mailed(folder: Path, to: str = "") -> list[str]:
    """Every mail's time and subject, without the day and the change's id that each ends with."""
    found = [(mail["Date"].datetime.astimezone(ZURICH), mail["Subject"]) for mail in mails(folder, to)]
    return [f"{at:%d.%m. %H:%M} {_DAY_AND_ID.sub('', subject).strip()}" for at, subject in found]


def body(mail: EmailMessage) -> str:
    """What the mail says, on one line."""
    part = mail.get_body(("plain",))
    assert part is not None
    return " ".join(part.get_content().split())


def _said(call: Call) -> str:
    card = call.message.card
    said = " | ".join(words(card)) if card else call.message.text
    return f"{_at(call)} {' '.join(said.split())}"


def _at(call: Call) -> str:
    return f"{call.at.astimezone(ZURICH):%d.%m. %H:%M}"
