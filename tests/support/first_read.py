"""What people read first of a message, as a template in English."""

import re

from application.change_context import ChangeContext
from cards import invitation, line
from changes.effects import Effect, MailNotice, PostThreadMessage, SendNotice, UpsertCard
from changes.text.messages import Message
from notices import NoticeRenderer

WORDING = NoticeRenderer()


def first_read(effect: Effect, view: ChangeContext) -> str:
    """What people read first of it, in English; facts are named in braces."""
    match effect:
        case UpsertCard():
            return template_of(invitation(effect.card, view))
        case PostThreadMessage():
            return template_of(line(effect, view))
        case SendNotice() | MailNotice():
            notice = effect.notice if isinstance(effect, MailNotice) else effect
            subject = WORDING.subject(notice, view.change, view.service)
            facts = {view.service.name: "{service}", view.change.id: "{id}", view.change.plan.title: "{title}"}
            for fact, place in facts.items():
                subject = subject.replace(fact, place)
            return re.sub(r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d+ \w+ \d{4}\b", "{date}", subject)
        case _:
            return ""


def template_of(sentence: str) -> str:
    """The template of a sentence with those of its parts, without what would break a table."""
    return re.sub(r"\s+", " ", _filled(sentence)).replace("*", "").replace("`", "").replace("|", "\\|")


def _filled(sentence: object) -> str:
    if not isinstance(sentence, Message):
        return "{reason}"
    return sentence.template.format(
        **{
            name: _filled(fact) if name.startswith("part") or name in ("text", "said", "then") else f"{{{name}}}"
            for name, fact in sentence.facts.items()
        }
    )
