"""`python -m manifest.build --app-id GUID`: writes the package to upload. The same input gives the same bytes."""

import argparse
import json
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from manifest.content import TEMPLATE, BadInput, Pages, content

__all__ = ["BadInput", "Pages", "main", "package"]

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The oldest time that a zip file can say: no clock is read, so nothing differs from one day to the next."""
UNIX = 3
READABLE = 0o100644 << 16
NO_PAGE = "https://example.org"


def package(app_id: str, pages: Pages, out: Path, template: Path = TEMPLATE) -> Path:
    """Write the package; its path. Raises BadInput; nothing is written before everything has been checked."""
    made, languages = content(app_id, pages, template)
    files = {
        "manifest.json": _json(made),
        **{name: _json(translated) for name, translated in languages.items()},
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


def _json(written: Mapping[str, Any]) -> bytes:
    return json.dumps(written, indent=2, ensure_ascii=False).encode()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.create_system, entry.external_attr = UNIX, READABLE  # else they tell on which system it was built
    return entry


def main(arguments: list[str] | None = None) -> int:
    """Build the package; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m manifest.build", description="Build the Teams app package.")
    parser.add_argument("--app-id", default="", help="the app id of the bot's registration (a GUID)")
    parser.add_argument("--public-url", default=NO_PAGE, help="a page of yours about the bot, to which Teams links")
    parser.add_argument("--privacy-url", default="", help="your page about privacy, if it is another")
    parser.add_argument("--terms-url", default="", help="your page with the terms of use, if it is another")
    parser.add_argument(
        "--bot-url", default="", help="where the bot is reached, CHANGE_PUBLIC_URL: it gets tabs with it"
    )
    parser.add_argument("--out", type=Path, default=Path("dist/change-bot.zip"))
    given = parser.parse_args(arguments)
    try:
        pages = Pages(given.public_url, given.privacy_url, given.terms_url, given.bot_url)
        written = package(given.app_id, pages, given.out)
    except BadInput as bad:
        print(bad, file=sys.stderr)
        return 2
    print(f"{written} is ready: upload it in the Teams admin centre, under Manage apps.")
    if given.public_url == NO_PAGE:
        print(f"Its links lead to {NO_PAGE}. For a page of yours, add its address: PUBLIC_URL=https://…")
    elif not (given.privacy_url and given.terms_url):
        print(f"Privacy and terms of use without a page of their own (PRIVACY_URL, TERMS_URL): {given.public_url}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
