"""Writes the golden texts anew: `python -m tests.golden.regenerate`. Read what changed before it is committed."""

import asyncio

from tests.golden.subject import texts
from tests.golden.year import FILE, year

for path, text in texts().items():
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
FILE.write_text(asyncio.run(year()), encoding="utf-8", newline="")
