"""Log lines: one a record, with the ids of the activity and the change it is about, and never with a secret."""

import logging
import re
import sys
from collections.abc import Iterable
from typing import TextIO
from urllib.parse import urlsplit

import structlog

from settings import Settings

HIDDEN = "***"
_SHAPES = re.compile(
    r"eyJ[\w-]{8,}\.[\w-]*\.?[\w-]*"  # a signed token
    r"|(?i:bearer)\s+[\w.~+/=-]{8,}"
    r"|(?<=/export/)[\w.~=-]{8,}"  # whoever has one of these addresses can read what is behind it
    r"|(?<=/calendar/)[\w.~=-]{8,}"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"  # who signs in to a database, and how
)
_SHORTEST = 6
"""Shorter secrets would hide half of every line; no provider gives them."""


class Hiding(logging.Formatter):
    """Formats with another formatter, and takes out of the whole line what nobody may read."""

    def __init__(self, inner: logging.Formatter, secrets: Iterable[str]) -> None:
        super().__init__()
        self._inner = inner
        self._secrets = sorted({each for each in secrets if len(each) >= _SHORTEST}, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """The line, its traceback included."""
        line = self._inner.format(record)
        for secret in self._secrets:
            line = line.replace(secret, HIDDEN)
        return _SHAPES.sub(HIDDEN, line)


def secrets_of(settings: Settings) -> set[str]:
    """What these settings keep secret."""
    password = urlsplit(settings.database_url).password
    return {each for each in (settings.app_password, settings.infomaniak_token, password or "") if each}


def begin(settings: Settings, stream: TextIO | None = None) -> None:
    """Write the log from now on, to standard error unless told otherwise: JSON in production, words for people here."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
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
        last = [rendered, structlog.processors.JSONRenderer(ensure_ascii=False)]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Hiding(formatter, secrets_of(settings)))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for chatty in ("httpx", "apscheduler"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
