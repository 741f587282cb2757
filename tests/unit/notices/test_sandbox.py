"""An organisation's own templates reach their values and the files of their folder, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest

from changes.notification.notices import NoticeKind
from notices import BrokenTemplate, NoticeRenderer
from tests.golden.subject import CHANGE, SERVICE, notice
from tests.unit.notices.test_wording import ENGLISH, written

LOOP, END = "{% for i in range(1000) %}", "{% endfor %}"
REACHING = {
    "{{ service.__class__ }}": "__class__",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}": "__class__",
    "{{ cycler.__init__.__globals__ }}": "'__init__' of 'StrictUndefined' object is unsafe",
    "{{ self.__init__.__globals__ }}": "__init__",
    "{{ lipsum(n=999999999) }}": "'lipsum' is undefined",
    "{{ '{0.__class__}'.format(service) }}": "“format” is not for a notice",
    "{{ '{:999999999}'.format('x') }}": "“format” is not for a notice",
    "{{ ('{x.__class__}'|attr('format_map'))({'x': 1}) }}": "“format” is not for a notice",
    "{{ namespace() }}": "'namespace' is undefined",
    "{% include '../secret.md' %}": "which is not in its folder",
    "{% include '/etc/passwd' %}": "which is not in its folder",
    "{% import 'en/../../secret.md' as x %}": "which is not in its folder",
    "{% include 'linked.md' %}": "a link to a file outside of its folder",
    "{% include 'en/planned.md' %}": "it includes or calls itself",
    "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}": "calls itself",
    "{% for i in range(1000000000) %}x{% endfor %}": "counts farther than 1000",
    LOOP * 2 + "xxxx" + END * 2: "becomes longer than",
    LOOP * 3 + END * 3: "more than 50000 steps",
    "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}": "calls itself",
    "{% macro a(n) %}{% if n %}{{ a(n - 1) }}{{ a(n - 1) }}{% endif %}{% endmacro %}{{ a(100) }}": "50000 steps",
    LOOP * 2 + "{% include 'empty.md' %}" + END * 2: "more than 50000 steps",
    "{{ range(1000)|join('x' * 1) }}": "is for numbers",
    "{{ range(1000)|join('xxxxxxxxxxxxxxxxxxxxxxxxxxxx') }}": "becomes longer than",
    "{{ 'x'.join('y') }}": "unsafe",
    "{{ 'x'.replace('x', 'y') }}": "unsafe",
    "{{ (range(1000)|join)|replace('1', range(100)|join) }}": "becomes longer than",
    "{% set x = 'xxxx' %}" + "{% set x = x ~ x %}" * 40: "becomes longer than",
    "{% set x = 'xxxx' %}" + "{% set x = x + x %}" * 40: "becomes longer than",
    "{% set x = ['x'] %}" + "{% set x = x + x %}" * 40: "becomes longer than",
    "{% set x %}xxxx{% endset %}" + "{% set x %}{{ x }}{{ x }}{% endset %}" * 40: "becomes longer than",
    "{% set x = 99999 %}" + "{% set x = x * x %}" * 40: "reckons farther than",
    "{{ (1).to_bytes(1000000000, 'big') }}": "unsafe",
    "{{ 'x'|wordwrap(1, wrapstring='y') }}": "No filter named 'wordwrap'",
    "{{ 'x' * 1000000000 }}": "is for numbers",
    "{{ 10 ** 10 ** 10 }}": "for nothing in a notice",
    "{{ '%0999999999d' % 1 }}": "is for numbers",
    "{{ '%0999999999d'|format(1) }}": "No filter named 'format'",
    "{{ 'x'|center(999999999) }}": "No filter named 'center'",
    "{{ 'x'.ljust(999999999) }}": "unsafe",
    "{% if not detail %}{{ nope }}{% endif %}": "'nope' is undefined",
    "x" * 20_001: "it is longer than",
    "{{ service ": "unexpected",
    "{% if service %}no end": "end of template",
    "{{ servcie }}": "'servcie' is undefined",
    "{{ 1 / 0 }}": "division by zero",
}
"""What a template tries, and what is said of it."""


@pytest.mark.parametrize("text", REACHING, ids=lambda text: text[:70])
def test_a_template_reaching_for_more_is_found_at_the_start_and_named_in_a_sentence(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "words"
    (tmp_path / "secret.md").write_text("a secret", encoding="utf-8")
    written(folder, "empty.md", "")
    written(folder, "en/planned.md", text)
    (folder / "linked.md").symlink_to(tmp_path / "secret.md")
    with pytest.raises(BrokenTemplate) as broken:
        NoticeRenderer(folder)
    said = str(broken.value)
    assert said.startswith(f"The notice template {folder / 'en' / 'planned.md'} cannot be used: ")
    assert REACHING[text] in said
    assert "\n" not in said
    assert "a secret" not in said
    assert len(said) < 400


def test_a_template_that_is_itself_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.md").write_text("We began.", encoding="utf-8")
    (tmp_path / "words" / "en").mkdir(parents=True)
    (tmp_path / "words" / "en" / "start.md").symlink_to(tmp_path / "elsewhere.md")
    with pytest.raises(BrokenTemplate, match="a link to a file outside of its folder"):
        NoticeRenderer(tmp_path / "words")


def test_a_template_in_latin_1_is_said_and_one_with_a_byte_order_mark_is_read_without_it(tmp_path: Path) -> None:
    written(tmp_path, "en/start.md", "")
    (tmp_path / "en" / "start.md").write_bytes("Été".encode("latin-1"))
    with pytest.raises(
        BrokenTemplate, match=r"start\.md cannot be used: it is not written in UTF-8; save it as that\."
    ):
        NoticeRenderer(tmp_path)
    (tmp_path / "en" / "start.md").write_bytes(b"\xef\xbb\xbfWe began.")
    assert NoticeRenderer(tmp_path).post(notice(NoticeKind.START), CHANGE, ENGLISH) == "We began."


def test_a_folder_that_is_mounted_with_links_within_it_is_used(tmp_path: Path) -> None:
    """As Kubernetes mounts one: each file is a link to where the present version lies, in the same folder."""
    written(tmp_path / "words", "..data/start.md", "We began with {{ service }}.")
    (tmp_path / "words" / "en").mkdir()
    (tmp_path / "words" / "en" / "start.md").symlink_to("../..data/start.md")
    assert NoticeRenderer(tmp_path / "words").post(notice(NoticeKind.START), CHANGE, ENGLISH) == (
        "We began with ISC Learn Platform."
    )


def test_an_organisation_may_share_parts_of_its_templates_and_loop_over_words(tmp_path: Path) -> None:
    folder = written(tmp_path, "foot.md", "Ask {{ contact|upper }}.")
    written(folder, "en/start.md", "{% for word in title.split() %}{{ word }}, {% endfor %}{% include 'foot.md' %}")
    assert NoticeRenderer(folder).post(notice(NoticeKind.START), CHANGE, ENGLISH) == "Moodle, 5.1, Ask IVO IMPLEMENTER."


def test_no_filter_makes_a_value_markup(tmp_path: Path) -> None:
    folder = written(
        tmp_path, "en/start.md", "{{ service|safe }} {{ service|string }} {{ service ~ '' }} {{ [service]|join }}"
    )
    service = replace(ENGLISH, name="[x](y) <b>")
    assert NoticeRenderer(folder).post(notice(NoticeKind.START), CHANGE, service) == " ".join([r"\[x\](y) &lt;b>"] * 4)


def test_our_own_templates_need_no_more_than_the_sandbox_gives() -> None:
    for kind in NoticeKind:
        assert NoticeRenderer().post(notice(kind), CHANGE, SERVICE)


MADE_BY_A_TEMPLATE = {
    "{% macro head(x) %}**{{ x }}**{% endmacro %}{{ head(title) }}": r"**\[T\]**",
    "{% macro b() %}**{{ caller() }}**{% endmacro %}{% call b() %}{{ title }}{% endcall %}": r"**\[T\]**",
    "{% set head %}**{{ title }}**{% endset %}{{ head }}": r"**\[T\]**",
    "{% set head | trim %}  {{ title }} {% endset %}{{ head }}": r"\\\[T\\\]",
    "{% extends 'base.md' %}{% block body %}*{{ super() }}*{% endblock %}": r"***\[T\]***",
    "{% import 'parts.md' as parts %}{{ parts.head(title) }}": r"## \[T\]",
    "{% from 'parts.md' import head %}{{ head(title) }}": r"## \[T\]",
    "{% filter upper %}*x {{ title }}*{% endfilter %}": r"*X \[T\]*",
    "{% for x in [title] %}{{ loop.index }}/{{ loop.length }} *{{ x }}*{% endfor %}": r"1/1 *\[T\]*",
    "{{ '**' ~ title ~ '**' }} {{ '**x**' }}": r"\*\*\[T\]\*\* \*\*x\*\*",
}
"""A template's own markup stays one, however it is put out; a text between quotes is a value like any other."""


@pytest.mark.parametrize("text", MADE_BY_A_TEMPLATE)
def test_markup_that_a_template_writes_stays_markup_and_its_values_are_escaped_once(tmp_path: Path, text: str) -> None:
    written(tmp_path, "base.md", "{% block body %}**{{ title }}**{% endblock %}")
    written(tmp_path, "parts.md", "{% macro head(x) %}## {{ x }}{% endmacro %}")
    folder = written(tmp_path, "en/start.md", text)
    change = replace(CHANGE, plan=replace(CHANGE.plan, title="[T]"))
    assert NoticeRenderer(folder).post(notice(NoticeKind.START), change, ENGLISH) == MADE_BY_A_TEMPLATE[text]
