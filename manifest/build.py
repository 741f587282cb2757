"""`python -m manifest.build --app-id GUID`: writes the package to upload. The same input gives the same bytes."""

import argparse
import json
import sys
import zipfile
from pathlib import Path

from manifest.content import TEMPLATE, BadInput, content

__all__ = ["BadInput", "main", "package"]

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The oldest time that a zip file can say: no clock is read, so nothing differs from one day to the next."""
UNIX = 3
READABLE = 0o100644 << 16
NO_PAGE = "https://example.org"


def package(app_id: str, public_url: str, out: Path, template: Path = TEMPLATE) -> Path:
    """Write the package; its path. Raises BadInput; nothing is written before everything has been checked."""
    made = content(app_id, public_url, template)
    files = {
        "manifest.json": json.dumps(made, indent=2, ensure_ascii=False).encode(),
        **{icon: (TEMPLATE.parent / icon).read_bytes() for icon in made["icons"].values()},
    }
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(out, "w") as archive:
            for name, data in files.items():
                archive.writestr(_entry(name), data, zipfile.ZIP_DEFLATED)
    except OSError as error:
        raise BadInput(f"{out} cannot be written ({error.strerror}): name another place with --out.") from None
    return out


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.create_system, entry.external_attr = UNIX, READABLE  # else they tell on which system it was built
    return entry


def main(arguments: list[str] | None = None) -> int:
    """Build the package; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m manifest.build", description="Build the Teams app package.")
    parser.add_argument("--app-id", default="", help="the app id of the bot's registration (a GUID)")
    parser.add_argument("--public-url", default=NO_PAGE, help="a page of yours about the bot, to which Teams links")
    parser.add_argument("--out", type=Path, default=Path("dist/change-bot.zip"))
    given = parser.parse_args(arguments)
    try:
        written = package(given.app_id, given.public_url, given.out)
    except BadInput as bad:
        print(bad, file=sys.stderr)
        return 2
    print(f"{written} is ready: upload it in the Teams admin centre, under Manage apps.")
    if given.public_url == NO_PAGE:
        print(f"Its links lead to {NO_PAGE}. For a page of yours, add its address: PUBLIC_URL=https://…")
    return 0


if __name__ == "__main__":
    sys.exit(main())
