"""The one change that every golden notice is about."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from changes.effects import News, NoticeKind, SendNotice
from changes.model import Change, Person, Plan, Snapshot, SnapshotStatus, State, Window
from changes.policy import Service
from changes.snapshots import Vps
from notices import Wording

FOLDER = Path(__file__).parent / "notices"
START = datetime(2027, 4, 3, 20, tzinfo=UTC)
IVO = Person("ivo", "Ivo Implementer")
SERVICE = Service(
    "learn",
    "ISC Learn Platform",
    ZoneInfo("Europe/Zurich"),
    Person("anne", "Anne Approver"),
    (Person("dora", "Dora Deputy"),),
    Vps("Hannibal", "fake"),
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
DETAILS = {
    NoticeKind.EXTENSION: "The database takes longer to copy",
    NoticeKind.INCIDENT_START: "Courses do not open.",
    NoticeKind.INCIDENT_UPDATE: "We are restoring Friday’s data.",
    NoticeKind.CANCELLED: "The vendor withdrew the update.",
    NoticeKind.POSTPONED: "There are exams on Monday.",
}
NEWS = {News.RESTORING: "CHG-2027-0007", News.HANDED_OVER: "The data was put back and courses still do not open."}
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
    return SendNotice(f"key-{kind}", CHANGE.id, kind, window, SENT[kind], DETAILS.get(kind, ""), was=before)


def told() -> Iterator[tuple[str, SendNotice]]:
    """Every notice, by its name: each kind, and what an incident update is about."""
    for kind in NoticeKind:
        yield kind.value, notice(kind)
    for news in (News.RESTORING, News.HANDED_OVER):
        update = notice(NoticeKind.INCIDENT_UPDATE)
        yield f"{NoticeKind.INCIDENT_UPDATE}-{news}", replace(update, news=news, detail=NEWS[news])


def texts() -> dict[Path, str]:
    """Every notice in every language for every channel, by the file that keeps it."""
    wording = Wording(organizer="change@example.ch")
    found = {}
    for sequence, (name, each) in enumerate(told()):
        written = wording.post(each, CHANGE, SERVICE).split("\n\n---\n\n")
        for language, text in zip(SERVICE.languages, written, strict=True):
            letter = wording.letter(each, CHANGE, SERVICE, language, sequence, "isc-learn@example.ch")
            place = FOLDER / language
            found[place / f"{name}.md"] = text + "\n"
            found[place / f"{name}.txt"] = f"{letter.subject}\n\n{letter.text}"
            found[place / f"{name}.html"] = letter.html
            if letter.calendar is not None:
                found[place / f"{name}.ics"] = letter.calendar.decode()
    return found
