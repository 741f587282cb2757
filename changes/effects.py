"""What has to happen outside. Each effect has a key that is unique, so that doing it twice is noticed.

Effects say what to show or do, not how: they are carried out after the commit, from the change as it stands then.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from changes.model import Person, Window
from changes.notification import CardKind, News, NoticeKind, PublicTexts, ThreadMessage
from changes.policy import Recipient


@dataclass(frozen=True, slots=True)
class Effect:
    """Something to be done outside, once for its key."""

    key: str
    change: str


@dataclass(frozen=True, slots=True)
class UpsertStatusCard(Effect):
    """Post the change's live card to the service's channel, or bring it up to date; see `passing`."""

    passing: bool = False


@dataclass(frozen=True, slots=True)
class UpsertCard(Effect):
    """Show a card in the thread under `message`, mentioning people when it is posted for the first time.

    With `only_edit` nothing is posted when there is no such message yet, nor when it is gone and nobody waits for it
    any more. `anew`: it is shown where the change is carried on now, if it is still in use then. See `passing` for
    that field.
    """

    card: CardKind
    message: str
    mention: tuple[Person, ...] = ()
    only_edit: bool = False
    passing: bool = False
    anew: bool = False


@dataclass(frozen=True, slots=True)
class UpsertPersonalCard(Effect):
    """Show the card that stands as `message` in one person's chat too; with `only_edit` only where it stands there."""

    card: CardKind
    message: str
    to: Person
    only_edit: bool = False
    passing: bool = False


@dataclass(frozen=True, slots=True)
class SendDigest(Effect):
    """Say once, on that local day, everything that waits for the person. `change` is the first they were nudged for."""

    to: Person
    day: date


@dataclass(frozen=True, slots=True)
class PostThreadMessage(Effect):
    """Say a line in the thread. `detail` is what a person or the provider said, shown as text."""

    line: ThreadMessage
    by: Person
    at: datetime
    detail: str = ""
    mention: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class TellPerson(Effect):
    """Say the line in the chat of somebody whom it mentions, because the service's conversation cannot be reached."""

    tell: PostThreadMessage
    to: Person


@dataclass(frozen=True, slots=True)
class TellOwner(Effect):
    """Say in the chat of a series' owner what becomes of it; while its last `change` is a draft, it stands below."""

    to: Person
    series: str
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SendNotice(Effect):
    """Tell the affected people. The window is the one the notice is about, whatever becomes of the plan later.

    `news` says what an incident update is about where nobody's own words do, `was` is the window that they were told
    before.
    """

    kind: NoticeKind
    window: Window
    at: datetime
    detail: str = ""
    news: News = News.SAID
    was: Window | None = None
    public: PublicTexts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MailNotice(Effect):
    """The notice as a mail to one address.

    `sequence` grows from one mail of a change to the next, as a calendar entry that is updated wants it. `instead`
    is why it is a mail, where the recipients should have read it in Teams.
    """

    notice: SendNotice
    to: Recipient
    sequence: int
    instead: str = ""


@dataclass(frozen=True, slots=True)
class BeginSnapshot(Effect):
    """Ask the provider for the data snapshot called `name`."""

    name: str


@dataclass(frozen=True, slots=True)
class BeginRestore(Effect):
    """Ask the provider to put the data disk back to the snapshot called `name`."""

    name: str


@dataclass(frozen=True, slots=True)
class FollowByHand(Effect):
    """A person takes the snapshot called `name`: keep its time."""

    name: str


@dataclass(frozen=True, slots=True)
class Preflight(Effect):
    """Look whether a snapshot would be possible."""


@dataclass(frozen=True, slots=True)
class Reply(Effect):
    """What a turn of conversation answers: an activity made ready by the edge, for one conversation.

    `conversation` is the reference the edge needs to deliver it; both are plain JSON.
    """

    conversation: Mapping[str, object]
    activity: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class PlayRehearsal(Effect):
    """Play the change in the person's chat, on a bad day or a good one: nobody else hears of it."""

    to: Person
    is_bad: bool


@dataclass(frozen=True, slots=True)
class SyncTeamMembers(Effect):
    """Learn who is in the conversation that was bound to the service, so that people can be named and mentioned."""

    service: str


@dataclass(frozen=True, slots=True)
class CallWebhook(Effect):
    """Tell the endpoint called `to` of the change's entry number `seq`, as the change stood then."""

    to: str
    seq: int


@dataclass(frozen=True, slots=True)
class SyncSilence(Effect):
    """Let the monitoring expect alarms for as long as the change is at work, and no longer."""


@dataclass(frozen=True, slots=True)
class WriteWikiPage(Effect):
    """Write the page of the change as it is then."""


@dataclass(frozen=True, slots=True)
class WriteWikiIndex(Effect):
    """Write the wiki's list of changes as they are then, because something has happened to this one."""


def mailed(notice: SendNotice, to: Recipient, sequence: int, instead: str = "") -> MailNotice:
    """The mail of this notice to this recipient; its key makes it unique."""
    return MailNotice(f"{notice.key}:mail:{to.address}", notice.change, notice, to, sequence, instead)


def passing(effect: Effect) -> bool:
    """Whether it is a periodic refresh, whose failure may be ignored."""
    return bool(getattr(effect, "passing", False))
