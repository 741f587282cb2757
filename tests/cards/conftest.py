"""The renderer that judges cards: Microsoft's own, run by the machine's node or the one among the dependencies."""

import asyncio
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from local.playground import FOLDER
from local.playground.node import Node, find_node, install

JUDGE = Path(__file__).parent / "judge.cjs"
RENDERER = FOLDER / "node_modules" / "adaptivecards" / "dist" / "adaptivecards.js"
SECONDS = 120


class Renderer:
    """Parses cards as a client would, and says what it objects to."""

    def __init__(self, node: Node) -> None:
        self._node = node

    async def judge(self, cards: Iterable[str]) -> list[dict[str, Any]]:
        """For each card, written as JSON, its `objections` and how many elements it has (`items`)."""
        process = await asyncio.create_subprocess_exec(
            *(str(self._node.executable), str(JUDGE), str(RENDERER)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(SECONDS):
            out, err = await process.communicate(f"[{','.join(cards)}]".encode())
        assert process.returncode == 0, err.decode()
        verdicts: list[dict[str, Any]] = json.loads(out)
        return verdicts


@pytest.fixture
async def renderer() -> Renderer:
    """The renderer, installed where it is not yet; without it the test fails."""
    node = await find_node()
    await install(FOLDER, node)
    return Renderer(node)
