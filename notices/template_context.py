"""What a notice may say: the values that templates are filled with, and how each is shown as text and nothing else."""

from collections.abc import Mapping
from datetime import timedelta

from changes.effects import SendNotice
from changes.labels import duration_label, minutes_from
from changes.model import Change, Outcome
from changes.notification import NOTICES, News, NoticeKind
from changes.planning.restore_forecast import durations
from changes.policy import Service
from changes.text import joined, strip_bidi_controls
from language import N_, _, current_language, date_text, moment_text, translate, use_language, window_text
from language.escaping import unlinked

_AFFECTED = N_("During this time the service cannot be used.")
_TEAM = N_("the team that looks after the service")
_TOMORROW = N_("tomorrow")
_TODAY = N_("today")
_RESTORING = N_(
    "We are putting the data back to how it was on {since}. What was entered since then is lost. We "
    "expect to be done by about {end}."
)
_HANDED_OVER = N_(
    "The problem cannot be solved during the maintenance and is now handled as an incident; we cannot say yet how long "
    "it will take."
)
_NOT_RESTORED = N_(
    "The data will not be put back for now, although we announced it: what was entered since is still there. We are "
    "looking for another solution."
)
_RESTORE_UNKNOWN = N_("We cannot say yet whether the data was put back as announced; it is being checked.")
_EARLY = N_("The work begins earlier than announced for {window}: {reason}")
_ACCEPTED = N_("Known limitation: {test} ({reason})")
_LOST = N_(
    "The work was undone: the data is back to how it was on {since}. What was entered since then is lost; please enter "
    "it again."
)
_OWN: Mapping[NoticeKind, str] = {
    NoticeKind.EXTENSION: N_("We need the extra time to finish the work and to check that everything works."),
    NoticeKind.HOLDING: N_("We are working on it and will let you know as soon as we know more."),
    NoticeKind.INCIDENT_START: N_("We are looking for the cause."),
    NoticeKind.INCIDENT_UPDATE: N_("We are still working on it."),
    NoticeKind.POSTPONED: N_("The work cannot be done on that date."),
    NoticeKind.CANCELLED: N_("No other date is planned."),
}
"""What a notice says where nobody said anything of their own."""

NAMES = (
    *("service", "title", "window", "was", "end", "ended", "took", "downtime"),
    *("affected", "detail", "day", "contact", "early", "accepted", "lost"),
)
"""The values that a template may use."""


def facts(language: str, notice: SendNotice, change: Change, service: Service) -> dict[str, str]:
    """The values, by each of NAMES, in that language."""
    with use_language(language):
        return _facts(notice, change, service)


def detail(language: str, notice: SendNotice, change: Change, service: Service) -> str:
    """Of the values, what somebody said or the process has to say."""
    with use_language(language):
        return _detail(notice, change, service)


def _facts(notice: SendNotice, change: Change, service: Service) -> dict[str, str]:
    ended = change.ended_at or notice.at
    took = minutes_from(change.started_at or ended, ended)
    contact = change.plan.implementer.name or service.approver.name
    return {
        "service": unlinked(service.name),
        "title": unlinked(change.plan.title.strip().rstrip(".")),
        "window": window_text(notice.window, service.zone),
        "was": window_text(notice.was, service.zone) if notice.was else "",
        "end": moment_text(notice.window.end, service.zone),
        "ended": moment_text(ended, service.zone),
        "took": translate(duration_label(took)) if took > 0 else "",
        "downtime": translate(duration_label(notice.window.minutes)),
        "affected": _line(change.plan.affected) or _(_AFFECTED),
        "detail": _detail(notice, change, service),
        "day": _day(notice, service),
        "contact": unlinked(_line(contact)) or _(_TEAM),
        "early": _early(notice, service),
        "accepted": _accepted(notice, change),
        "lost": _lost(notice, change, service),
    }


def _early(notice: SendNotice, service: Service) -> str:
    """That the work begins before its window, and why; empty otherwise."""
    if notice.news is not News.EARLY:
        return ""
    return _(_EARLY, window=window_text(notice.window, service.zone), reason=notice.detail)


def _accepted(notice: SendNotice, change: Change) -> str:
    """What does not work as it should, by the approver's word: a paragraph each; empty where everything does."""
    if not NOTICES[notice.kind].has_results:
        return ""
    tests = change.plan.tests
    lines = [_(_ACCEPTED, test=tests[each.index], reason=each.reason) for each in change.accepted]
    return joined(*lines, by="\n\n")


def _lost(notice: SendNotice, change: Change, service: Service) -> str:
    """That the change was rolled back, and which data is gone with it; empty otherwise."""
    if not NOTICES[notice.kind].has_results or change.outcome is not Outcome.ROLLED_BACK:
        return ""
    taken = change.snapshot.started_at or change.started_at or notice.at
    return _(_LOST, since=moment_text(taken, service.zone))


def _detail(notice: SendNotice, change: Change, service: Service) -> str:
    """What somebody said, or what the process itself has to say."""
    said = _line(notice.public.get(current_language()) or translate(notice.detail))
    match notice.news:
        case News.RESTORING:
            taken = change.snapshot.started_at or notice.at
            restore, tests = durations(service)
            since, end = (moment_text(each, service.zone) for each in (taken, notice.at + restore + tests))
            return _(_RESTORING, since=since, end=end)
        case News.NOT_RESTORED:
            return _(_NOT_RESTORED)
        case News.RESTORE_UNKNOWN:
            return _(_RESTORE_UNKNOWN)
        case News.HANDED_OVER:
            return joined(said, _(_HANDED_OVER))
        case News.SAID | News.EARLY:
            return said or own_sentence(notice.kind)


def own_sentence(kind: NoticeKind) -> str:
    """What such a notice says, in the language of the moment, where nobody said anything of their own."""
    return _(_OWN.get(kind, ""))


def _line(text: str) -> str:
    return " ".join(strip_bidi_controls(text).split())


def _day(notice: SendNotice, service: Service) -> str:
    """Tomorrow, today or the date, as seen from when the notice goes out."""
    start, sent = service.local(notice.window.start).date(), service.local(notice.at).date()
    if start == sent + timedelta(days=1):
        return _(_TOMORROW)
    return _(_TODAY) if start == sent else date_text(start)
