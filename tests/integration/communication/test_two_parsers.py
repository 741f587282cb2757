"""The feed and every calendar entry, read by two independent parsers, with the state in the summary."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from changes.model import DROPPED, Change, State
from changes.notification.notices import NoticeKind
from changes.policy import Freeze
from notices import NoticeRenderer
from notices.feed import feed
from notices.rendered_mail import letter as plain_letter
from tests.golden.subject import CHANGE, SERVICE, START, notice, told
from tests.support.calendars import read_by_both

NOW = START - timedelta(days=3)
STATES = {
    "en": {
        **dict.fromkeys((State.SUBMITTED, State.PRECHECK_PENDING, State.CORRECTIONS_REQUESTED), "To be confirmed"),
        **dict.fromkeys((State.DRAFT, State.PRECHECKED, State.GO_PENDING), "To be confirmed"),
        **dict.fromkeys((State.SCHEDULED, State.SNAPSHOTTING, State.READY), "Confirmed"),
        **dict.fromkeys((State.IN_PROGRESS, State.TROUBLE, State.EXTENDED), "In progress"),
        **dict.fromkeys((State.INCIDENT, State.RESTORING), "Incident"),
        State.COMPLETED: "Completed",
        State.NO_GO: "NO-GO",
        State.POSTPONED: "Postponed",
        State.CANCELLED: "Cancelled",
    },
    "fr": {State.CANCELLED: "Annulé\N{NO-BREAK SPACE}", State.POSTPONED: "Reporté\N{NO-BREAK SPACE}"},
    "de": {State.CANCELLED: "Abgesagt", State.POSTPONED: "Verschoben", State.SCHEDULED: "Bestätigt"},
}
"""What the summary of an entry in that state begins with, by the service's first language."""
ODD = (
    "",
    "Ends with a backslash \\",
    "a;b,c:d\\n\\N\\;",
    "two\nlines\rand\x0bmore\u2028of\u0085them",
    "\x00null\x1bescape\x7f",
    "naïve 日本語 😀 " * 8,
    "\u202etxt.exe",
    "BEGIN:VEVENT\r\nSUMMARY:another",
    "x" * 74 + "é" * 75,
)
"""Titles that are hard to write and to read."""


def in_state(state: State, number: int, title: str = "Moodle 5.1") -> Change:
    plan = replace(CHANGE.plan, title=title, what=f"{title}\nUpdate Moodle, its plugins; and the database.")
    return replace(CHANGE, id=f"CHG-2027-{number:04}", state=state, plan=plan)


def drawn(changes: Sequence[Change], language: str = "en", at: datetime = NOW) -> bytes:
    exams = Freeze("Exams", date(2027, 4, 10), date(2027, 4, 14))
    return feed(changes, {"learn": replace(SERVICE, languages=(language, "en"), freezes=(exams,))}, at)


async def test_the_feed_says_every_state_in_the_services_language_and_how_often_to_fetch_it_to_every_reader() -> None:
    assert set(STATES["en"]) == set(State)
    changes = {
        language: [in_state(state, number) for number, state in enumerate(states)]
        for language, states in STATES.items()
    }
    feeds = await read_by_both([drawn(found, language) for language, found in changes.items()])
    for (language, found), read in zip(changes.items(), feeds, strict=True):
        assert (read.method, read.refresh, read.ttl) == ("PUBLISH", "PT1H", "PT1H"), "for RFC 7986, and for Outlook"
        *windows, freeze = read.events
        for change, each in zip(found, windows, strict=True):
            gap = "\N{NO-BREAK SPACE}" if language == "fr" else ""
            assert each.summary == f"{STATES[language][change.state]}: ISC Learn Platform{gap}: Moodle 5.1"
            assert each.uid == f"{change.id}@change-bot"
            assert each.description == f"{change.id}\n{change.plan.what}"
            assert (each.status == "CANCELLED") == (change.state in DROPPED)
            assert (each.start, each.end) == ("2027-04-03T20:00:00.000Z", "2027-04-03T21:30:00.000Z")
        assert (freeze.start, freeze.end) == ("2027-04-10", "2027-04-15"), "ends are exclusive: the day after the last"


async def test_every_entry_that_is_mailed_is_read_by_both_with_the_state_in_its_summary() -> None:
    wording = NoticeRenderer(organizer="change@example.ch")
    entries, expected = [], []
    for sequence, (_name, each, change) in enumerate(told()):
        for language in SERVICE.languages:
            letter = wording.render_mail(each, change, SERVICE, language, sequence, "isc-learn@example.ch")
            if letter.calendar is not None:
                entries.append(letter.calendar)
                # The entry is no mail: its subject has no day, and nobody is greeted in it.
                bare = plain_letter([(language, wording.post(each, change, replace(SERVICE, languages=(language,))))])
                expected.append((letter.method, sequence, bare.subject, bare.text, each))
    found = await read_by_both(entries)
    for read, (method, sequence, subject, text, each) in zip(found, expected, strict=True):
        [event] = read.events
        assert (read.method, event.sequence, event.summary, event.description) == (method, sequence, subject, text)
        assert (event.status == "CANCELLED") == (each.kind in (NoticeKind.CANCELLED, NoticeKind.POSTPONED))
    gone = {subject for _method, _number, subject, _text, each in expected if each.kind is NoticeKind.CANCELLED}
    assert gone == {
        "ISC Learn Platform: Maintenance cancelled",
        "ISC Learn Platform\N{NO-BREAK SPACE}: Maintenance annulée",
        "ISC Learn Platform: Wartung abgesagt",
    }


async def test_whatever_a_title_holds_both_parsers_read_the_same_and_no_second_entry() -> None:
    wording = NoticeRenderer(organizer="change@example.ch")
    changes = [in_state(State.CANCELLED, number, title) for number, title in enumerate(ODD)]
    mailed = [
        wording.render_mail(notice(NoticeKind.PLANNED), each, SERVICE, "fr", 1).calendar or b"" for each in changes
    ]
    whole, *entries = await read_by_both([drawn(changes), *mailed])
    assert [each.uid for each in whole.events[:-1]] == [f"{each.id}@change-bot" for each in changes]
    assert all(each.summary.startswith("Cancelled: ISC Learn Platform: ") for each in whole.events[:-1])
    assert [len(each.events) for each in entries] == [1] * len(ODD)
