"""The calendar entry opens, moves when the window moves, and disappears when it is cancelled (docs/process.md, P87)."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from changes.effects import SendNotice
from changes.model import Window
from changes.notification.notices import NoticeKind
from notices import NoticeRenderer
from tests.golden.subject import CHANGE, SERVICE, notice

WORDING = NoticeRenderer(organizer="change@example.ch")
TO = "isc-learn@example.ch"


def entry(told: SendNotice, sequence: int, title: str = "Moodle 5.1") -> bytes | None:
    change = replace(CHANGE, plan=replace(CHANGE.plan, title=title))
    return WORDING.render_mail(told, change, SERVICE, "fr", sequence, TO).calendar


@dataclass
class Importing:
    """What a calendar makes of the objects it gets, by RFC 5546: the UID names an entry, a lower SEQUENCE is old."""

    entries: dict[str, tuple[int, datetime, datetime]] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)

    def take(self, raw: bytes) -> None:
        calendar = Calendar.from_ical(raw)
        [event] = calendar.walk("VEVENT")
        uid, sequence = str(event["uid"]), event.decoded("sequence")
        assert str(event["organizer"]) == "mailto:change@example.ch"
        assert [str(event["attendee"])] == [f"mailto:{TO}"]
        if sequence < self.seen.get(uid, -1):
            return
        self.seen[uid] = sequence
        if str(calendar["method"]) == "CANCEL":
            self.entries.pop(uid, None)
        else:
            self.entries[uid] = (sequence, event.decoded("dtstart"), event.decoded("dtend"))


def moved(days: int) -> SendNotice:
    told = notice(NoticeKind.RESCHEDULED)
    by = timedelta(days=days)
    return replace(told, window=Window(told.window.start + by, told.window.end + by))


def test_the_calendar_entry_opens_moves_when_the_window_moves_and_disappears_when_it_is_cancelled() -> None:
    calendar = Importing()
    for sequence, told in enumerate((notice(NoticeKind.PLANNED), moved(7), notice(NoticeKind.EXTENSION))):
        raw = entry(told, sequence)
        assert raw is not None
        calendar.take(raw)
        assert [each[1:] for each in calendar.entries.values()] == [(told.window.start, told.window.end)]
    gone = entry(notice(NoticeKind.CANCELLED), 9)
    assert gone is not None
    calendar.take(gone)
    assert calendar.entries == {}


@given(st.permutations(range(4)))
def test_whatever_the_order_of_arrival_a_cancelled_window_is_in_nobodys_calendar(order: list[int]) -> None:
    told = [notice(NoticeKind.PLANNED), moved(7), moved(14), notice(NoticeKind.CANCELLED)]
    calendar = Importing()
    for number in order:
        raw = entry(told[number], number)
        assert raw is not None
        calendar.take(raw)
    assert calendar.entries == {}


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_whatever_the_title_is_the_object_keeps_to_the_letter_of_the_standard(title: str) -> None:
    raw = entry(notice(NoticeKind.PLANNED), 3, title)
    assert raw is not None
    assert raw.endswith(b"\r\nEND:VCALENDAR\r\n")
    lines = raw.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert not any(line.startswith(b" ") and before == b"" for before, line in pairwise(lines))
    calendar = Calendar.from_ical(raw)
    assert not calendar.errors
    [event] = calendar.walk("VEVENT")
    assert not event.errors
    for name in ("uid", "dtstamp", "dtstart", "dtend", "sequence", "status", "organizer", "attendee", "summary"):
        assert name in event
    assert event.decoded("dtstart").utcoffset() == timedelta(0)
