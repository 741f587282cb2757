"""Runs notice templates: an organisation's own reach their values and the files of their folder, and nothing else.

What a template puts out is escaped here, unless it is a Message of ours, where its facts are, or the output of a macro
or a block of the template, which was escaped when it was made. What one filling may do is bounded, so that a mistake is
named at the start and does not stop the bot; it is no wall against whoever writes templates to do harm.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import jinja2
from jinja2.exceptions import SecurityError
from jinja2.loaders import split_template_path
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from changes.text import Message
from language import rendered
from language.escaping import escaped, unlinked

LONGEST = 20_000
"""The longest notice, template and value within one, in characters; and the longest list."""
MOST_TURNS = 1000
"""Maximum length of a `range`."""
MOST_STEPS = 50_000
"""Maximum number of loop turns, macro calls and included files in one notice."""
_HIGHEST = 10**15
_COUNTED = "counted"
_TOO_LONG = f"it becomes longer than {LONGEST} characters"
_GROWS = frozenset(
    {
        *("center", "ljust", "rjust", "zfill", "expandtabs", "format", "format_map", "translate", "to_bytes"),
        *("indent", "wordwrap", "batch", "slice", "tojson", "pprint", "urlize", "xmlattr"),
    }
)
"""Filters and methods that can make a text arbitrarily long."""
_left: ContextVar[list[int]] = ContextVar("left")
"""The steps that are left for the rendering under way."""


def sandbox(folders: list[Path]) -> jinja2.Environment:
    """Templates of these folders, the first one first."""
    environment = _Sandbox(
        loader=_Folders(folders, encoding="utf-8-sig"),  # as an editor on Windows saves them, too
        undefined=jinja2.StrictUndefined,
        # The result is Markdown and no HTML.
        autoescape=False,  # nosec B701
        trim_blocks=True,
        finalize=_shown,
    )
    environment.globals.clear()
    environment.globals["range"] = _range
    for name in _GROWS:
        environment.filters.pop(name, None)
    environment.filters |= {"join": _join, "replace": _replace, _COUNTED: _counted}
    return environment


def filled(template: jinja2.Template, values: Mapping[str, str]) -> str:
    """The text of the template. Raises SecurityError where it is too long or makes too many steps."""
    before = _left.set([MOST_STEPS])
    try:
        return str(_short(template.generate(values))).strip()
    finally:
        _left.reset(before)


def what_is_wrong(error: Exception) -> str:
    """The error in a sentence for whoever wrote the template, without a full stop."""
    if isinstance(error, jinja2.TemplateNotFound):
        return f"it needs “{error.name}”, which is not in its folder"
    if isinstance(error, RecursionError):
        return "it includes or calls itself"
    if isinstance(error, UnicodeDecodeError):
        return "it is not written in UTF-8; save it as that"
    return " ".join(str(error).split()).removesuffix(".")


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, which also bounds what operators, methods, loops, macros and included files can make."""

    intercepted_binops = frozenset({"+", "-", "*", "**", "%"})

    @staticmethod
    def concat(parts: Iterable[str]) -> Message:
        """What a macro or a block of a template put out: its values are escaped already."""
        _step()
        return Message.from_markup(_short(parts))

    def _load_template(self, name: str, globals: Any) -> jinja2.Template:  # noqa: A002  # Jinja's name
        """The template; one that another includes is a step."""
        _step()
        return super()._load_template(name, globals)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Reckon with numbers; texts and lists are added at most. Raises SecurityError."""
        if all(isinstance(each, int | float) for each in (left, right)) and operator != "**":
            found = super().call_binop(context, operator, left, right)
            if abs(found) > _HIGHEST:
                raise SecurityError(f"it reckons farther than {_HIGHEST}")
            return found
        if operator != "+":
            raise SecurityError(f"“{operator}” is for numbers, and “**” for nothing in a notice")
        if len(left) + len(right) > LONGEST:
            raise SecurityError(_TOO_LONG)
        return left + right

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        grows = attr in _GROWS or (isinstance(obj, str) and attr in ("join", "replace"))
        return not grows and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> None:
        """Jinja's way to let texts format others: here they do not. Raises SecurityError."""
        if super().wrap_str_format(value) is not None:
            raise SecurityError("“format” is not for a notice")

    def _parse(self, source: str, name: str | None, filename: str | None) -> jinja2.nodes.Template:
        if len(source) > LONGEST:
            raise SecurityError(f"it is longer than {LONGEST} characters")
        bounded: jinja2.nodes.Template = _Bounding().visit(super()._parse(source, name, filename))
        return bounded


class _Bounding(NodeTransformer):
    """Counts the turns of each loop, and joins with `~` by the filter that looks how long it becomes."""

    def visit_For(self, node: jinja2.nodes.For) -> jinja2.nodes.For:  # noqa: N802  # Jinja's names
        node.iter = jinja2.nodes.Filter(node.iter, _COUNTED, [], [], None, None, lineno=node.lineno)
        self.generic_visit(node)
        return node

    def visit_Concat(self, node: jinja2.nodes.Concat) -> jinja2.nodes.Filter:  # noqa: N802
        self.generic_visit(node)
        parts = jinja2.nodes.List(node.nodes, lineno=node.lineno)
        return jinja2.nodes.Filter(parts, "join", [], [], None, None, lineno=node.lineno)


class _Folders(jinja2.FileSystemLoader):
    """Files that lie in the folders; no link leads out of them."""

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """The source of the template. Raises TemplateNotFound, or TemplateError for a link that leads out."""
        for folder in self.searchpath:
            path = Path(folder, *split_template_path(template))
            if path.is_file() and not path.resolve().is_relative_to(Path(folder).resolve()):
                raise jinja2.TemplateError(f"“{template}” is a link to a file outside of its folder")
        return super().get_source(environment, template)


def _range(*bounds: int) -> range:
    found = range(*bounds)
    if len(found) > MOST_TURNS:
        raise SecurityError(f"it counts farther than {MOST_TURNS}")
    return found


def _shown(value: object) -> str:
    """The value as Markdown. What people wrote stays as it is, so that an address they give can be followed."""
    if isinstance(value, Message):
        return rendered(value, lambda fact: escaped(unlinked(fact)))
    return escaped(str(value))


def _step() -> None:
    left = _left.get([MOST_STEPS])
    left[0] -= 1
    if left[0] < 0:
        raise SecurityError(f"it makes more than {MOST_STEPS} steps")


def _short(parts: Iterable[str], between: str = "") -> str:
    """The parts as one text. Raises SecurityError, as soon as it is clear, where that is longer than any notice."""
    found: list[str] = []
    length = 0
    for part in parts:
        length += len(part) + (len(between) if found else 0)
        if length > LONGEST:
            raise SecurityError(_TOO_LONG)
        found.append(part)
    return between.join(found)


@jinja2.pass_context  # so that it is not done before the template is filled
def _counted(_context: Context, values: Iterable[Any]) -> Iterator[Any]:
    for each in values:
        _step()
        yield each


def _join(values: Iterable[Any], between: object = "") -> str:
    return _short(map(str, values), str(between))


def _replace(text: object, old: object, new: object, count: int = -1) -> str:
    whole, before, after = str(text), str(old), str(new)
    times = whole.count(before) if count < 0 else min(count, whole.count(before))
    if len(whole) + times * len(after) > LONGEST:
        raise SecurityError(_TOO_LONG)
    return whole.replace(before, after, count)
