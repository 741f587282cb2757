"""Log lines: one a record, with the ids of the activity and the change it is about, and never with a secret."""

import contextlib
import logging
import os
import socket
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields
from types import TracebackType
from typing import TextIO

import structlog

from redaction import Redactor, passwords_in
from settings import Settings
from version import version

FACTS = frozenset({"place", "status", "attempt", "next_try_s", "away_s", "change", "happened", "by", "via", "seq"})
"""What a line may have as fields of its own, so that it can be searched for."""


class RedactingHandler(logging.StreamHandler[TextIO]):
    """Takes out of every line what nobody may read, and never shows the parts of a line that could not be written."""

    def __init__(self, stream: TextIO, redactor: Redactor) -> None:
        super().__init__(stream)
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """The line, its traceback included. One line of JSON has no secret any more: it is left as it is."""
        line = super().format(record)
        return line if line.startswith("{") else self._redactor.text(line)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # the library's own name for it
        """Say where the line is that could not be written; the library itself would print its arguments."""
        error = sys.exc_info()[0]
        name = error.__name__ if error else "an error"
        with contextlib.suppress(OSError, ValueError):
            self.stream.write(f"a line of {record.pathname}:{record.lineno} could not be written: {name}\n")
            self.flush()


def _texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for each in value.values() for text in each)


def secrets_of(settings: Settings) -> set[str]:
    """What these settings keep secret: what they do not show of themselves, and the passwords in their addresses."""
    texts = [(each, text) for each in fields(settings) for text in _texts_in(getattr(settings, each.name))]
    addresses = [value for _, value in texts if "://" in value]
    hidden = {value for each, value in texts if not each.repr and value not in addresses}
    return {each for each in hidden if each} | {each for address in addresses for each in passwords_in(address)}


def begin(settings: Settings, stream: TextIO | None = None) -> None:
    """Write the log from now on, to standard error unless told otherwise: JSON in production, words for people here."""
    redactor = Redactor(secrets_of(settings))
    always = {"version": version(), "role": settings.role, "instance": instance()}

    def with_process(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        return {**event, **always}

    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.ExtraAdder(allow=FACTS),
        with_process,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if settings.local:
        plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
        last: list[structlog.typing.Processor] = [plain]
    else:
        # Where an exception came from, and not what stood in the variables there: tokens and people's words do.
        without_locals = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        rendered = structlog.processors.ExceptionRenderer(without_locals)

        def redacted(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
            # Before it is JSON: a secret that is escaped there would be found, and leave half an escape behind.
            if redactor.finds_nothing(event.values()):
                return event
            return {name: redactor.value(each) for name, each in event.items()}

        last = [rendered, redacted, structlog.processors.JSONRenderer(ensure_ascii=False)]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
    )
    handler = RedactingHandler(stream or sys.stderr, redactor)
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    sys.excepthook = _uncaught
    for chatty in ("httpx", "apscheduler", "alembic.runtime.plugins"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def instance() -> str:
    """The name of this process in the log: the machine and the number of the process. Its worker's name begins so."""
    return f"{socket.gethostname()}:{os.getpid()}"


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Log what ends the process; the interpreter itself would print it as it is."""
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger(__name__).critical("the process ends by an error", exc_info=(kind, error, trace))
