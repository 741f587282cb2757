"""Infomaniak's documented envelope, from the answering side."""

from collections.abc import Mapping, Sequence

from aiohttp import web


def success(data: object) -> web.Response:
    """An answer with its data."""
    return web.json_response({"result": "success", "data": data})


def page(rows: Sequence[object], number: int, per_page: int) -> web.Response:
    """One page of a listing; pages are counted from 1."""
    pages = max(1, -(-len(rows) // per_page))
    return web.json_response(
        {
            "result": "success",
            "data": list(rows[(number - 1) * per_page : number * per_page]),
            "total": len(rows),
            "page": number,
            "pages": pages,
            "items_per_page": per_page,
        }
    )


def asynchronous() -> web.Response:
    """A write was accepted; as on the real provider the data is a truth value, not the task's uuid."""
    return web.json_response({"result": "asynchronous", "data": True})


def error(status: int, code: str, description: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """A refusal."""
    return web.json_response(
        {"result": "error", "error": {"code": code, "description": description}}, status=status, headers=headers
    )
