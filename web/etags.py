"""Entity tags: whether whoever asks has what would be answered."""

import re
from collections.abc import Mapping
from hashlib import sha256

_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')


def tag_of(*parts: object) -> str:
    """The tag of what is made of these parts: the same for the same ones."""
    return sha256(repr(parts).encode()).hexdigest()[:32]


def matches(header: str, tag: str) -> bool:
    """Whether the list of entity tags has this one, or any: proxies that compress make weak ones of ours."""
    return header.strip() == "*" or tag in _TAG.findall(header)


def is_known(headers: Mapping[str, str], tag: str) -> bool:
    """Whether the request says that its sender has it: then 304 is the answer."""
    return matches(headers.get("If-None-Match", ""), tag)
