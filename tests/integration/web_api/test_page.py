"""docs/api.md: every example is run as it stands there."""

import asyncio
import json
import re
import shutil
from pathlib import Path

import pytest

from tests.support.api import made_token, url_of
from tests.support.running import Bot

PAGE = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
GATE = re.findall(r"curl [^|\n]*/gate\?service=learn\" \| tee gate\.json'?\n +(?:- )?(jq .*)$", PAGE, re.MULTILINE)


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
async def test_every_example_of_the_page_answers(bot: Bot, tmp_path: Path) -> None:
    token = await made_token(bot)
    assert len(EXAMPLES) == 4
    assert GATE == ["jq -e .allowed gate.json > /dev/null"] * 2
    for example in EXAMPLES:
        for command in re.split(r"^(?=curl)", example, flags=re.MULTILINE)[1:]:
            process = await asyncio.create_subprocess_exec(
                *("sh", "-ec", command),
                env={"BOT": url_of(bot).removesuffix("/api/v1"), "TOKEN": token, "PATH": "/usr/bin:/bin"},
                cwd=tmp_path,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            said, _ = await process.communicate()
            assert process.returncode == 0, (command, said)
            assert isinstance(json.loads(said), dict)
    change = await bot.change()
    assert change.plan.title == "Update to version 5"
    assert change.submitted_at is not None
