"""What a notice may say: the values that templates are filled with, each as text that markup cannot come out of."""

import re
from datetime import timedelta

from changes.effects import News, NoticeKind, SendNotice
from changes.labels import duration_label, moment_label, window_label
from changes.model import Change
from changes.policy import Service
from changes.recovery import durations
from changes.sayings import upright

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|~>@])")
_BLOCK = re.compile(r"^(\d*)([-=.])(?=[-=\s]|$)")  # what makes a list, a rule or a heading at the start of a line
_AFFECTED = {
    "en": "During this time the service cannot be used.",
    "fr": "Pendant cette période, le service n’est pas disponible.",
    "de": "Während dieser Zeit ist der Dienst nicht verfügbar.",
}
_TEAM = {"en": "the team that looks after the service", "fr": "l’équipe du service", "de": "das Team des Dienstes"}
_TOMORROW = {"en": "tomorrow", "fr": "demain", "de": "morgen"}
_TODAY = {"en": "today", "fr": "aujourd’hui", "de": "heute"}
_NO_REASON = {"en": "none given", "fr": "aucune indiquée", "de": "keiner angegeben"}
_NO_NEWS = {"en": "nothing certain yet", "fr": "rien de certain pour l’instant", "de": "noch nichts Sicheres"}
_RESTORING = {
    "en": "We are putting the data back to how it was on {since}. What was entered since then is lost. "
    "We expect to be done by about {end}.",
    "fr": "Nous rétablissons les données telles qu’elles étaient le {since}. Ce qui a été saisi depuis est perdu. "
    "Nous pensons avoir terminé vers le {end}.",
    "de": "Wir stellen die Daten auf den Stand vom {since} zurück. Was seither eingegeben wurde, ist verloren. "
    "Voraussichtlich sind wir gegen {end} fertig.",
}
_HANDED_OVER = {
    "en": "It cannot be solved within the maintenance and goes on as an incident; we cannot say yet how long it takes.",
    "fr": "Le problème ne peut pas être résolu pendant la maintenance et est désormais traité comme une "
    "perturbation\N{NO-BREAK SPACE}; "
    "nous ne savons pas encore combien de temps cela prendra.",
    "de": "Das Problem lässt sich während der Wartung nicht lösen und wird als Störung weiterbehandelt; "
    "wie lange es dauert, ist noch nicht bekannt.",
}
_INCIDENT = (NoticeKind.INCIDENT_START, NoticeKind.INCIDENT_UPDATE)

NAMES = (
    *("service", "title", "window", "was", "end", "ended", "took", "downtime"),
    *("affected", "detail", "day", "contact"),
)
"""The values that a template may use."""


def facts(language: str, notice: SendNotice, change: Change, service: Service) -> dict[str, str]:
    """The values, by each of NAMES."""
    ended = change.ended_at or notice.at
    took = round((ended - (change.started_at or ended)).total_seconds() / 60)
    contact = change.plan.implementer.name or service.approver.name
    return {
        "service": escaped(service.name),
        "title": escaped(change.plan.title.strip().rstrip(".")),
        "window": window_label(notice.window, service.zone),
        "was": window_label(notice.was, service.zone) if notice.was else "",
        "end": moment_label(notice.window.end, service.zone),
        "ended": moment_label(ended, service.zone),
        "took": duration_label(took),
        "downtime": duration_label(notice.window.minutes),
        "affected": escaped(change.plan.affected) or _AFFECTED[language],
        "detail": _detail(language, notice, change, service),
        "day": _day(language, notice, service),
        "contact": escaped(contact) or _TEAM[language],
    }


def _detail(language: str, notice: SendNotice, change: Change, service: Service) -> str:
    """What somebody said, or what the process itself has to say."""
    said = escaped(notice.detail)
    match notice.news:
        case News.RESTORING:
            taken = change.snapshot.started_at or notice.at
            restore, tests = durations(service)
            since, end = (moment_label(each, service.zone) for each in (taken, notice.at + restore + tests))
            return _RESTORING[language].format(since=since, end=end)
        case News.HANDED_OVER:
            return f"{_HANDED_OVER[language]} {said}".strip()
        case News.SAID:
            return said or (_NO_NEWS if notice.kind in _INCIDENT else _NO_REASON)[language]


def escaped(text: str) -> str:
    """The text on one line, so that Teams shows it as it was written: no markup, no link, no mention."""
    one_line = " ".join(upright(text).split())
    return _BLOCK.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", one_line.replace("&", "&amp;").replace("<", "&lt;")))


def _day(language: str, notice: SendNotice, service: Service) -> str:
    """Tomorrow, today or the date, as seen from when the notice goes out."""
    start, sent = service.local(notice.window.start).date(), service.local(notice.at).date()
    if start == sent + timedelta(days=1):
        return _TOMORROW[language]
    return _TODAY[language] if start == sent else f"{start:%d.%m.%Y}"
