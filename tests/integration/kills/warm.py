"""A life that is nobody's, lived once where all others are forked: what it loaded they need not load again."""

import asyncio
import tempfile
from pathlib import Path

from tests.integration.kills.mortal import Death, Places, be
from tests.integration.scheduler.conftest import Clock

with tempfile.TemporaryDirectory() as folder:
    places = Places(Path(folder, "changes.db"), "http://127.0.0.1", Path(folder, "now"), Path(folder, "delivered"))
    places.clock.write_text(Clock().now().isoformat(), encoding="utf-8")
    asyncio.run(be(places, Death(None)))
