"""`python -m manifest.build --app-id GUID`: writes the package to upload. The same input gives the same bytes."""

import argparse
import json
import sys
import uuid
import zipfile
from pathlib import Path

from manifest.content import content
from manifest.icons import colour_icon, outline_icon

EPOCH = (1980, 1, 1, 0, 0, 0)


class BadInput(Exception):
    """The package cannot be built. The message says what to give."""


def package(app_id: str, public_url: str, out: Path) -> Path:
    """Write the package; its path. Raises BadInput."""
    try:
        app = str(uuid.UUID(app_id))
    except ValueError:
        raise BadInput(
            "Give the bot's app id, a GUID: make package APP_ID=00000000-0000-0000-0000-000000000000"
        ) from None
    if not public_url.startswith("https://"):
        raise BadInput(f"The public address must begin with https://, not {public_url!r}.")
    files = {
        "manifest.json": json.dumps(content(app, public_url), indent=2, ensure_ascii=False).encode(),
        "color.png": colour_icon(),
        "outline.png": outline_icon(),
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), data, zipfile.ZIP_DEFLATED)
    return out


def main(arguments: list[str] | None = None) -> int:
    """Build the package; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m manifest.build", description="Build the Teams app package.")
    parser.add_argument("--app-id", default="", help="the bot's app id (a GUID)")
    parser.add_argument("--public-url", default="https://example.org", help="a page about the bot, shown in Teams")
    parser.add_argument("--out", type=Path, default=Path("dist/change-bot.zip"))
    given = parser.parse_args(arguments)
    try:
        written = package(given.app_id, given.public_url, given.out)
    except BadInput as bad:
        print(bad, file=sys.stderr)
        return 2
    print(f"{written} is ready: upload it in the Teams admin centre, under Manage apps.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
