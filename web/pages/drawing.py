"""Draws the pages: our own templates, with every text escaped, and the two files that they need beside them."""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path

import jinja2
from aiohttp import web

from changes.text.messages import strip_bidi_controls
from language import _, as_text, current_language
from language.speaking import written

TEMPLATES, STATIC = Path(__file__).parent / "templates", Path(__file__).parents[1] / "static"
TEAMS_JS = "https://res.cdn.office.net/teams-js/2.58.0/js/MicrosoftTeams.min.js"
"""Microsoft's own library, from where Microsoft serves it: loaded in a frame only, and only as it was when pinned."""
TEAMS_JS_HASH = "sha384-sMo/EOqQPa1OCup2/VBRum7oFeOS22kvs8WGDc45xK53tUVZzFR5WwFYDUYN1LO4"
_TYPES = {".css": "text/css", ".js": "text/javascript"}
_FRAMES = (
    *("https://*.cloud.microsoft", "https://teams.microsoft.com", "https://*.teams.microsoft.com"),
    *("https://*.microsoft365.com", "https://*.office.com", "outlook.office.com", "outlook.office365.com"),
    *("outlook-sdf.office.com", "outlook-sdf.office365.com"),
)
"""Who may show the pages in a frame: Teams, and where else Microsoft shows its apps."""
HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": (
        f"default-src 'none'; script-src 'self' {TEAMS_JS}; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self' https://res.cdn.office.net; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {' '.join(_FRAMES)}"
    ),
}


def drawn(template: str, values: Mapping[str, object]) -> str:
    """The page in the language of the moment."""
    return str(_environment().get_template(template).render(values, language=current_language()))


async def static(request: web.Request) -> web.Response:
    """A file beside the pages, kept for good where its address says which look it is of: replicas may differ."""
    path = STATIC / request.match_info["name"]
    if path.name not in _files():
        raise web.HTTPNotFound
    kept = "public,max-age=31536000,immutable" if request.query_string == looks() else "no-store"
    headers = {"Cache-Control": kept, "X-Content-Type-Options": "nosniff"}
    return web.Response(body=_files()[path.name], content_type=_TYPES[path.suffix], charset="utf-8", headers=headers)


def _say(sentence: str, **facts: object) -> str:
    return as_text(_(sentence, **facts))


@cache
def _files() -> Mapping[str, bytes]:
    return {each.name: each.read_bytes() for each in STATIC.iterdir() if each.suffix in _TYPES}


@cache
def looks() -> str:
    """A digest of everything that our pages are drawn with."""
    shown = [*_files().values(), *(each.read_bytes() for each in sorted(TEMPLATES.iterdir()))]
    return sha256(b"".join(shown)).hexdigest()[:12]


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"_": _say, "written": written, "looks": looks(), "plain": strip_bidi_controls}
    environment.globals |= {"teams_js": TEAMS_JS, "teams_js_hash": TEAMS_JS_HASH}
    return environment
