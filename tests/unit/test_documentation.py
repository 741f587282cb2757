"""The pages of the repository: each rule that is cited exists (docs/process.md), and each link leads somewhere."""

import os
import re
from dataclasses import fields
from pathlib import Path
from urllib.parse import unquote

import pytest

from changes.policy import Policy
from changes.snapshots import Server

ROOT = Path(__file__).parents[2]
PROCESS = "docs/process.md"
NOT_OURS = {"node_modules", "var", "dist", "build"}
RULE = re.compile(r"P\d+")
CITED = re.compile(rf"{re.escape(PROCESS)},\s(P\d+(?:(?:,\s| to )P\d+)*)")
ELSEWHERE = re.compile(r"(?<![\w/])[A-Z]{4,}\.md\b")
"""Pages in capitals that the repository does not have are somebody's own notes: nobody else can look there."""


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """The text of the repository's files, by path; not of what is installed or made in it."""
    found: dict[str, str] = {}
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [each for each in folders if not each.startswith(".") and each not in NOT_OURS]
        for path in (Path(folder) / name for name in names if name.endswith((".py", ".toml", ".md"))):
            found[path.relative_to(ROOT).as_posix()] = path.read_text(encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def rules() -> list[str]:
    return re.findall(r"^\*\*(P\d+)\. ", (ROOT / PROCESS).read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_each_rule_has_a_number_of_its_own_and_a_reason(rules: list[str]) -> None:
    assert len(rules) > 90
    assert len(set(rules)) == len(rules)
    assert rules == sorted(rules, key=lambda rule: int(rule[1:]))
    for rule in re.split(r"^(?=\*\*P\d+\. )", (ROOT / PROCESS).read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        assert rule.count("*Why:*") == 1, rule[:60]


def test_the_table_of_contents_counts_the_rules_of_each_section(rules: list[str]) -> None:
    page = (ROOT / PROCESS).read_text(encoding="utf-8")
    listed = re.findall(r"^\| \[(.+?)\]\(#(.+?)\) \| (P\d+)(?:–(P\d+))? \|$", page, flags=re.MULTILINE)
    sections = re.split(r"^## ", page, flags=re.MULTILINE)[1:]
    found = {title: re.findall(r"^\*\*(P\d+)\.", text, flags=re.MULTILINE) for title, _, text in map(_titled, sections)}
    assert {title: (first, last or first) for title, _, first, last in listed} == {
        title: (numbers[0], numbers[-1]) for title, numbers in found.items()
    }
    assert all(anchor == _anchor(title) for title, anchor, _, _ in listed)
    assert sum(map(len, found.values())) == len(rules)


def _titled(section: str) -> tuple[str, str, str]:
    return section.partition("\n")


def _anchor(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def test_every_rule_that_code_and_tests_cite_exists(texts: dict[str, str], rules: list[str]) -> None:
    cited = 0
    for path, written in texts.items():
        if path.endswith(".md"):
            continue
        text = re.sub(r"\n\s*#?\s*", " ", written)
        found = CITED.findall(text)
        assert text.count(f"{PROCESS}, ") == len(found), f"{path} cites {PROCESS} without a rule"
        numbers = [number for each in found for number in RULE.findall(each)]
        assert set(numbers) <= set(rules), path
        cited += len(numbers)
    assert cited > 100


def test_nothing_leads_to_pages_that_are_not_here(texts: dict[str, str]) -> None:
    for path, text in texts.items():
        named = {name for name in ELSEWHERE.findall(text) if not (ROOT / name).exists() and name != "README.md"}
        assert named == set(), path


def test_each_number_of_the_process_is_a_key_that_a_service_can_change() -> None:
    page = (ROOT / PROCESS).read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)*_(?:days|hours?|minutes|nudges))`", page))
    of_policy, of_server = ({each.name for each in fields(kind)} for kind in (Policy, Server))
    assert named >= of_policy
    assert named <= of_policy | of_server


LINK = re.compile(r"!?\[[^\]]*\]\(([^()\s]+)\)")


def test_every_link_between_pages_and_every_picture_leads_to_a_file_and_every_anchor_to_a_heading(
    texts: dict[str, str],
) -> None:
    links = 0
    for path, text in texts.items():
        if not path.endswith(".md"):
            continue
        for target in LINK.findall(re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            to = (ROOT / path).parent / unquote(name) if name else ROOT / path
            assert to.exists(), f"{path} links to {target}"
            if anchor and to.suffix == ".md":
                headings = re.findall(r"^#+ (.+)$", to.read_text(encoding="utf-8"), flags=re.MULTILINE)
                assert anchor in {_anchor(each) for each in headings}, f"{path} links to {target}"
            links += 1
    assert links > 100


GUIDES_FOR_CHANGES = ("docs/extending.md", "docs/successor-sdk.md", "docs/process.md", "CONTRIBUTING.md", "README.md")
NAMED = re.compile(r"`((?:[a-z_0-9.-]+/)+[A-Za-z_0-9.-]*|[a-z_]+\.(?:py|toml))`")
MADE_BY_FOLLOWING_IT = {"infomaniak/NAME.py", "infomaniak/NAME/backend.py", "notices/templates/en/KIND.md"}
OF_ANOTHER_PLACE = {
    "services.toml",
    "fr/",
    "de/",
    "language/it/",
    "manifest/translations/it.json",
    "request.py",
    "reason.py",
}
"""Written by whoever runs the bot or adds a language, or named beside the folder before it."""


@pytest.mark.parametrize("page", GUIDES_FOR_CHANGES)
def test_every_file_that_a_page_sends_a_developer_to_exists(page: str) -> None:
    named = set(NAMED.findall((ROOT / page).read_text(encoding="utf-8"))) - MADE_BY_FOLLOWING_IT - OF_ANOTHER_PLACE
    assert {each for each in named if not (ROOT / each).exists() and not each.startswith(("var/", "dist/"))} == set()
