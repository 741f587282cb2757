"""Runs notice templates: an organisation's own reach their values and the files of their folder, and nothing else.

What a template puts out is escaped here, unless it is a Message of ours; there its facts are.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, TemplateError, TemplateNotFound, nodes
from jinja2.exceptions import SecurityError
from jinja2.loaders import split_template_path
from jinja2.sandbox import ImmutableSandboxedEnvironment

from changes.sayings import Message
from language import rendered

LONGEST = 20_000
"""The longest notice, and the longest template, in characters."""
MOST_TURNS = 1000
"""So far `range` counts."""
_DEEPEST = 2
"""So many loops may lie in each other."""
_GROWS = frozenset({"center", "ljust", "rjust", "zfill", "expandtabs"})
"""Filters and methods that make a text as long as one likes."""


def sandbox(folders: list[Path], escape: Callable[[str], str]) -> Environment:
    """Templates of these folders, the first one first. `escape` is for each value that a template shows."""
    environment = _Sandbox(
        loader=_Folders(folders),
        undefined=StrictUndefined,
        # The result is Markdown and no HTML.
        autoescape=False,  # nosec B701
        trim_blocks=True,
        finalize=lambda value: rendered(value if isinstance(value, Message) else str(value), escape),
    )
    environment.globals.clear()
    environment.globals["range"] = _range
    for name in _GROWS | {"format", "indent"}:
        environment.filters.pop(name, None)
    return environment


def filled(template: Template, values: Mapping[str, str]) -> str:
    """The text of the template. Raises SecurityError for one that is longer than any notice."""
    parts, length = [], 0
    for part in template.generate(values):
        length += len(part)
        if length > LONGEST:
            raise SecurityError(f"it becomes longer than {LONGEST} characters")
        parts.append(part)
    return "".join(parts).strip()


def what_is_wrong(error: Exception) -> str:
    """The error in a sentence for whoever wrote the template, without a full stop."""
    if isinstance(error, TemplateNotFound):
        return f"it needs “{error.name}”, which is not in its folder"
    if isinstance(error, RecursionError):
        return "it includes itself"
    return " ".join(str(error).split()).removesuffix(".")


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, which also bounds what one operator or method can make."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Reckon with numbers; a text is not multiplied or formatted. Raises SecurityError."""
        if operator == "**" or not all(isinstance(each, int | float) for each in (left, right)):
            raise SecurityError(f"“{operator}” is for numbers, and “**” for nothing in a notice")
        return super().call_binop(context, operator, left, right)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may reach it."""
        return attr not in _GROWS and super().is_safe_attribute(obj, attr, value)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        if len(source) > LONGEST:
            raise SecurityError(f"it is longer than {LONGEST} characters")
        parsed: nodes.Template = super()._parse(source, name, filename)
        if _depth(parsed) > _DEEPEST:
            raise SecurityError(f"more than {_DEEPEST} loops lie in each other")
        return parsed


class _Folders(FileSystemLoader):
    """Files that lie in the folders; no link leads out of them."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """The source of the template. Raises TemplateNotFound, or TemplateError for a link that leads out."""
        for folder in self.searchpath:
            path = Path(folder, *split_template_path(template))
            if path.is_file() and not path.resolve().is_relative_to(Path(folder).resolve()):
                raise TemplateError(f"“{template}” is a link to a file outside of its folder")
        return super().get_source(environment, template)


def _range(*bounds: int) -> range:
    found = range(*bounds)
    if len(found) > MOST_TURNS:
        raise SecurityError(f"it counts farther than {MOST_TURNS}")
    return found


def _depth(node: nodes.Node) -> int:
    """How many loops lie in each other; one that calls itself counts as any number."""
    own = 0
    if isinstance(node, nodes.For):
        own = _DEEPEST + 1 if node.recursive else 1
    return own + max((_depth(each) for each in node.iter_child_nodes()), default=0)
