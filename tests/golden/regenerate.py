"""Writes the golden notices anew: `python -m tests.golden.regenerate`. Read what changed before it is committed."""

from tests.golden.subject import texts

for path, text in texts().items():
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
