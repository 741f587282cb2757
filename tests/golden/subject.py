"""The one change that every golden notice is about."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from changes.effects import SendNotice
from changes.model import AcceptedTest, Change, Outcome, Person, Plan, Snapshot, SnapshotStatus, State, Window
from changes.notification.notices import News, NoticeKind
from changes.policy import Service
from changes.snapshots import Server
from infomaniak.provider_entry import of_infomaniak
from notices import NoticeRenderer

FOLDER = Path(__file__).parent / "notices"
START = datetime(2027, 4, 3, 20, tzinfo=UTC)
IVO = Person("ivo", "Ivo Implementer")
SERVICE = Service(
    "learn",
    "ISC Learn Platform",
    ZoneInfo("Europe/Zurich"),
    Person("anne", "Anne Approver"),
    (Person("dora", "Dora Deputy"),),
    Server("Hannibal", of_infomaniak("fake")),
    languages=("en", "fr", "de"),
)
CHANGE = Change(
    "CHG-2027-0007",
    Person("rita", "Rita Requester"),
    Plan(
        "learn",
        "Moodle 5.1",
        "Update Moodle, its plugins and the database.",
        Window(START, START + timedelta(minutes=90)),
        ("Log in", "Open a course"),
        IVO,
    ),
    State.IN_PROGRESS,
    START - timedelta(days=30),
    started_at=START + timedelta(minutes=4),
    snapshot=Snapshot(SnapshotStatus.FINISHED, "CHG-2027-0007", 1, started_at=START - timedelta(minutes=165)),
)
PUBLIC = {
    NoticeKind.EXTENSION: {
        "en": "The database takes longer to copy than expected.",
        "fr": "La copie de la base de données prend plus de temps que prévu.",
    },
    NoticeKind.INCIDENT_START: {"en": "Courses do not open.", "fr": "Les cours ne s’ouvrent pas."},
    NoticeKind.INCIDENT_UPDATE: {
        "en": "We found the cause and are fixing it.",
        "fr": "Nous avons trouvé la cause et y remédions.",
    },
    NoticeKind.CANCELLED: {
        "en": "The vendor withdrew the update.",
        "fr": "Le fournisseur a retiré la mise à jour.",
    },
    NoticeKind.POSTPONED: {"en": "There are exams on Monday.", "fr": "Il y a des examens lundi."},
}
"""What somebody wrote for affected people; in German the notice says its own sentence."""
UPDATES = (News.RESTORING, News.NOT_RESTORED, News.RESTORE_UNKNOWN, News.HANDED_OVER)
LIMITED = replace(
    CHANGE,
    accepted=(
        AcceptedTest(0, "Guests log in again on Monday.", Person("anne", "Anne Approver"), START),
        AcceptedTest(1, "Courses of 2024 open slowly.", Person("anne", "Anne Approver"), START),
    ),
)
ROLLED_BACK = replace(CHANGE, state=State.COMPLETED, outcome=Outcome.ROLLED_BACK, restored=True)
SENT = {
    NoticeKind.PLANNED: START - timedelta(days=7),
    NoticeKind.REMINDER: START - timedelta(hours=37),
    NoticeKind.RESCHEDULED: START - timedelta(days=4),
    NoticeKind.CANCELLED: START - timedelta(days=2),
    NoticeKind.POSTPONED: START - timedelta(days=2),
    NoticeKind.START: START + timedelta(minutes=4),
    NoticeKind.EXTENSION: START + timedelta(minutes=70),
    NoticeKind.HOLDING: START + timedelta(minutes=90),
    NoticeKind.INCIDENT_START: START + timedelta(minutes=100),
    NoticeKind.INCIDENT_UPDATE: START + timedelta(minutes=160),
    NoticeKind.INCIDENT_END: START + timedelta(minutes=200),
    NoticeKind.END: START + timedelta(minutes=81),
}


def notice(kind: NoticeKind) -> SendNotice:
    """What is decided when the notice is to go out."""
    minutes = 150 if kind is NoticeKind.EXTENSION else 90
    window = Window(START, START + timedelta(minutes=minutes))
    was = Window(START - timedelta(days=7), START - timedelta(days=7, minutes=-90))
    before = was if kind is NoticeKind.RESCHEDULED else None
    at, public = SENT.get(kind, START), PUBLIC.get(kind, {})
    return SendNotice(f"key-{kind}", CHANGE.id, kind, window, at, was=before, public=public)


def told() -> Iterator[tuple[str, SendNotice, Change]]:
    """Every notice, by its name: each kind, what an incident update is about, and what only some of a kind say."""
    for kind in NoticeKind:
        yield kind.value, notice(kind), CHANGE
    update = notice(NoticeKind.INCIDENT_UPDATE)
    for news in UPDATES:  # why it is handed over is for those who take over
        yield f"{update.kind}-{news}", replace(update, news=news, public={}), CHANGE
    # An incident declared after a restore is handed over with the words that affected people read.
    words = {"en": "The data was put back and courses still do not open."}
    again = replace(update, news=News.HANDED_OVER, public=words)
    yield f"{update.kind}-declared_again", again, CHANGE
    for kind in (NoticeKind.CANCELLED, NoticeKind.POSTPONED):
        yield f"{kind}-in_its_own_words", replace(notice(kind), public={}), CHANGE
    start = replace(notice(NoticeKind.START), at=START - timedelta(minutes=30), news=News.EARLY)
    yield f"{start.kind}-early", replace(start, detail="Nobody has courses on Saturday."), CHANGE
    yield f"{NoticeKind.INCIDENT_END}-rolled_back", notice(NoticeKind.INCIDENT_END), ROLLED_BACK
    for kind in (NoticeKind.END, NoticeKind.INCIDENT_END):
        yield f"{kind}-with_limitations", notice(kind), LIMITED


def texts() -> dict[Path, str]:
    """Every notice in every language for every channel, by the file that keeps it."""
    wording = NoticeRenderer(organizer="change@example.ch")
    found = {}
    for sequence, (name, each, change) in enumerate(told()):
        written = wording.post(each, change, SERVICE).split("\n\n---\n\n")
        for language, text in zip(SERVICE.languages, written, strict=True):
            letter = wording.render_mail(each, change, SERVICE, language, sequence, "isc-learn@example.ch")
            place = FOLDER / language
            found[place / f"{name}.md"] = text + "\n"
            found[place / f"{name}.txt"] = f"{letter.subject}\n\n{letter.text}"
            found[place / f"{name}.html"] = letter.html
            if letter.calendar is not None:
                found[place / f"{name}.ics"] = letter.calendar.decode()
    return found
