"""What the changelog says of a version."""

import re

_HEAD = r"^## {version} - (\d{{4}}-\d\d-\d\d)\n(.*?)(?=^## |\Z)"


class NotReady(Exception):
    """Nothing can be released as it is. The message says what to do first."""


def notes(changelog: str, version: str) -> str:
    """The section of the version, without its head line. Raises NotReady."""
    found = re.search(_HEAD.format(version=re.escape(version)), changelog, re.MULTILINE | re.DOTALL)
    if found is None or not found[2].strip():
        raise NotReady(
            f"CHANGELOG.md says nothing of {version}: write “## {version} - YYYY-MM-DD” and what people notice."
        )
    return found[2].strip() + "\n"
