"""Notices from templates. An organisation replaces any of them by a file of the same name in a folder of its own."""

from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Template

from application.ports import NoticeDraft
from changes.effects import SendNotice
from changes.memoization import by_identity
from changes.model import Change
from changes.notification import NOTICE_LANGUAGES, NOTICES, News, NoticeKind, PublicTexts, expected_window, public_field
from changes.policy import Service
from notices.calendar import calendar_entry
from notices.framing import addressed, what_it_is_about
from notices.rendered_mail import RenderedMail, letter, plain_letter, subject_of
from notices.sandbox import filled, sandbox, what_is_wrong
from notices.template_context import NAMES, detail, facts

TEMPLATES = Path(__file__).parent / "templates"
BETWEEN_LANGUAGES = "\n\n---\n\n"
_HERE, _UNKNOWN = "\uf8fe", "…"
"""In a draft: where somebody's own text will stand, and what nobody knows yet.

A character of private use, which nobody types and no filter of a template writes in another case.
"""
NOBODY = "nobody@localhost.localdomain"
"""An address that goes nowhere, for a calendar entry that is only looked at."""


class BrokenTemplate(Exception):
    """A template cannot be used. The message names the file and what is wrong with it."""


_Templates = dict[tuple[str, NoticeKind], Template]


@cache
def _built_in() -> _Templates:
    """Our own templates, which nobody edits while the process runs."""
    return _read([TEMPLATES])


def _read(folders: list[Path]) -> _Templates:
    """Each template, from the first folder that has it, filled once to see that it works. Raises BrokenTemplate."""
    environment, templates = sandbox(folders), {}
    for language in NOTICE_LANGUAGES:
        for kind in NoticeKind:
            name = f"{language}/{kind.value}.md"
            try:
                template = templates[language, kind] = environment.get_template(name)
                for value in ("…", ""):
                    filled(template, dict.fromkeys(NAMES, value))
            except Exception as error:
                file = next((folder / name for folder in folders if (folder / name).exists()), name)
                raise BrokenTemplate(f"The notice template {file} cannot be used: {what_is_wrong(error)}.") from error
    return templates


def _about(said: tuple[str, str], notice: SendNotice, service: Service) -> str:
    """What the subject says behind the first line of the notice, in the language it is in."""
    language, text = said
    return what_it_is_about(text.partition("\n")[0], language, notice, service)


def _if_sent(kind: NoticeKind, change: Change, now: datetime) -> SendNotice:
    """The notice of that kind, were it sent now, in its own words."""
    window = change.window
    if NOTICES[kind].takes_back:
        window = expected_window(kind, change) or window
    return SendNotice("preview", change.id, kind, window, now)


def _kept(kind: NoticeKind, change: Change) -> PublicTexts:
    """What somebody wrote for a notice of that kind before it goes."""
    return change.holding if kind is NoticeKind.HOLDING else {}


class NoticeRenderer:
    """Writes notices. Every template is read when this is made, so that a broken one is found at the start."""

    def __init__(self, overrides: Path | None = None, organizer: str = NOBODY) -> None:
        """`overrides` is a folder with `<language>/<kind>.md` files, `organizer` who sends the mails.

        Raises BrokenTemplate.
        """
        self._organizer = organizer
        self._templates = _read([overrides, TEMPLATES]) if overrides else _built_in()

    def post(self, notice: SendNotice, change: Change, service: Service) -> str:
        """The notice in every language of the service, the first one first, in Teams' Markdown."""
        return BETWEEN_LANGUAGES.join(self._one(language, notice, change, service) for language in service.languages)

    def render_mail(
        self, notice: SendNotice, change: Change, service: Service, language: str, sequence: int, to: str = NOBODY
    ) -> RenderedMail:
        """The notice as a mail to `to`: in one language, or in all of the service's where `language` is empty.

        `sequence` is larger for each later notice of the change, so that the reader's calendar knows which one holds.
        """
        languages = (language,) if language else service.languages
        said = [(each, self._one(each, notice, change, service)) for each in languages]
        entry = calendar_entry(notice, change, service, sequence, plain_letter(said), self._organizer, to)
        signed = [(each, addressed(text, each, service)) for each, text in said]
        return letter(signed, entry, NOTICES[notice.kind].calendar, _about(said[0], notice, service))

    def subject(self, notice: SendNotice, change: Change, service: Service) -> str:
        """What the notice is, in one plain line in the first language of the service."""
        language = service.languages[0]
        return subject_of(self._one(language, notice, change, service))

    def preview(self, kind: NoticeKind, change: Change, service: Service, now: datetime) -> str:
        """The very text that a notice of this kind would be if it were sent now."""
        return self.post(replace(_if_sent(kind, change, now), public=_kept(kind, change)), change, service)

    def draft(self, kind: NoticeKind, change: Change, service: Service, now: datetime) -> tuple[NoticeDraft, ...]:
        """The notice that somebody is about to cause, in each language of the service.

        A template of an organisation's own that says nothing of anybody's has none: what was written would go nowhere.
        """
        notice = _if_sent(kind, change, now)
        if kind is NoticeKind.INCIDENT_START and change.incident_at is not None:  # declared again after a restore
            notice = replace(notice, kind=NoticeKind.INCIDENT_UPDATE, news=News.HANDED_OVER)
        each = (replace(notice, public={language: _HERE}) for language in service.languages)
        drafts = (self._draft(kind, notice, change, service) for notice in each)
        return tuple(draft for draft in drafts if draft is not None)

    def _draft(self, kind: NoticeKind, notice: SendNotice, change: Change, service: Service) -> NoticeDraft | None:
        [language] = notice.public
        values = facts(language, notice, change, service)
        if kind is NoticeKind.EXTENSION:  # nobody has said yet how long it takes
            values |= dict.fromkeys(("window", "end"), _UNKNOWN)
        before, is_there, after = filled(self._templates[language, notice.kind], values).partition(_HERE)
        if not is_there:
            return None
        own = detail(language, replace(notice, public=_kept(kind, change), news=News.SAID), change, service)
        return NoticeDraft(public_field(kind, language), language, before.strip(), own, after.strip())

    @by_identity(32)  # its subject is taken from the whole of it
    def _one(self, language: str, notice: SendNotice, change: Change, service: Service) -> str:
        template = self._templates[language, notice.kind]
        try:
            return filled(template, facts(language, notice, change, service))
        except Exception as error:
            wrong = what_is_wrong(error)
            raise BrokenTemplate(f"The notice template {template.name} cannot be filled: {wrong}.") from error
