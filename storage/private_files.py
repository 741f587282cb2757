"""Files and folders that nobody but their owner reads, whatever umask the process was started with."""

import contextlib
import os
from pathlib import Path


def make_private_folder(path: Path) -> None:
    """Create the folder; one that exists stays as it is. Raises OSError."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def create_private(path: Path) -> None:
    """Create an empty file to be written next; one that exists stays as it is. Raises OSError.

    An existing file is not even opened: closing it would give back the locks that SQLite has on it.
    """
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
