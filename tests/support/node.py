"""What a program for node says of a text, with the packages that the Playground brings along."""

import asyncio
import json
from pathlib import Path
from typing import Any

from local.playground import FOLDER
from local.playground.node import find_node, install


async def told_by_node(script: Path, library: str, text: str) -> Any:
    """What the script prints as JSON when it reads the text; the packages are installed where they are not yet."""
    node = await find_node()
    await install(FOLDER, node)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        str(node.executable), str(script), str(FOLDER / "node_modules" / library), stdin=pipe, stdout=pipe, stderr=pipe
    )
    async with asyncio.timeout(120):
        out, err = await process.communicate(text.encode())
    assert process.returncode == 0, err.decode()
    return json.loads(out)
