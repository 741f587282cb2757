"""What stands around a notice that goes by mail: its subject, the greeting, and who signs."""

from changes.effects import SendNotice
from changes.policy import Service
from language import N_, _, date_text, use_language
from language.escaping import escaped, unlinked

_GREETING = N_("Hello,")
_REGARDS = N_("Kind regards")
_TEAM = N_("The {service} team")


def addressed(text: str, language: str, service: Service) -> str:
    """The notice with the service's greeting and signature in that language, or the usual ones."""
    with use_language(language):
        greeting = service.greeting.get(language) or _(_GREETING)
        signature = service.signature.get(language) or f"{_(_REGARDS)}\n{_(_TEAM, service=service.name)}"
    title, _blank, rest = text.partition("\n\n")
    signed = "\\\n".join(unlinked(escaped(line)) for line in signature.splitlines())
    return "\n\n".join((title, unlinked(escaped(greeting)), rest, signed))


def what_it_is_about(title: str, language: str, notice: SendNotice, service: Service) -> str:
    """What the subject says behind the title: the day, unless it stands there already, and which change it is."""
    with use_language(language):
        day = date_text(service.local(notice.window.start).date())
    return f" ({notice.change})" if day in title else f", {day} ({notice.change})"
