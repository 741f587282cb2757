"""The mailbox of local mode: a mail is a file, which any mail program opens."""

import asyncio
import re
from datetime import datetime
from pathlib import Path

from notices import Mail
from storage.private_files import create_private, make_private_folder

SENDER = "change-bot@localhost.localdomain"
_ODD = re.compile(r"[^\w.@+-]")


class MailFiles:
    """The Mailbox whose mails lie in `folder`, by time and recipient."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, mail: Mail) -> str:
        """Write the file; its path. An earlier attempt at the same mail is the same file."""
        return str(await asyncio.to_thread(self._write, mail))

    async def was_sent(self, mail: Mail, asked: datetime, others: frozenset[str]) -> bool:
        """Whether the file was written."""
        return await asyncio.to_thread(self._find, mail) is not None

    def _write(self, mail: Mail) -> Path:
        if found := self._find(mail):
            return found
        make_private_folder(self._folder)
        path = self._folder / f"{mail.at:%Y%m%d-%H%M%S}-{_ODD.sub('_', mail.to)}-{mail.name[:12]}.eml"
        # Half a file is never found: it gets its name when it is whole.
        draft = path.with_suffix(".draft")
        create_private(draft)
        draft.write_bytes(mail.written(SENDER))
        draft.replace(path)
        return path

    def _find(self, mail: Mail) -> Path | None:
        return next(self._folder.glob(f"*-{mail.name[:12]}.eml"), None)
