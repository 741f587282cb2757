"""Any environment and any services.toml is either consistent, or refused with sentences, and never anything else."""

import re
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from changes.model import normalized_id
from changes.notification.recipients import is_address
from changes.policy import Service
from database_address import database_address
from redaction import passwords_in
from settings import from_environment, load_configuration
from settings.model import NAMES
from settings.services_file import load_services
from settings.values import SettingsError, is_example
from storage.engine import make_engine
from tests.support.examples import examples

NOWHERE = Path("there-is-no-such.env")
ID, OTHER = "1b4e28ba-2fa1-41d2-883f-0016d3cca427", "0abcdef0-0000-4000-8000-000000000021"
ODD = [
    *("", " ", ID, ID.upper(), f"{{{OTHER}}}", "Europe/Zurich", "Europe", "²", "0", "3978", "70000", "true", "a@x.ch"),
    *("a@x", "https://a.example.ch", "http://a.example.ch", "http://127.0.0.1:1", "https://u:p@a.example", "https://["),
    *("javascript:a", "learn", "teams", "mail", "en", "it", "dashboard", "public_cloud", "data", "system"),
    *("production", "local", "all", "SingleTenant", "MultiTenant", "a\nb", "\x00", "\ud800", "\u202e", "x" * 300),
    *("/1/{vps_id}", "{name}", "succeeded", "sqlite+aiosqlite:///var/changes.db"),
]
TEXTS = st.sampled_from(ODD) | st.text(max_size=20)
LEAVES = st.one_of(
    *(TEXTS, st.booleans(), st.integers(), st.integers(0, 400), st.floats(), st.datetimes(), st.times()),
    *(st.dates(), st.dates(date(2026, 1, 1), date(2028, 1, 1))),
)
EXAMPLE, _, API = Path("deploy/services.example.toml").read_text(encoding="utf-8").partition("# [vps_api]")
TABLE = tomllib.loads(f"{EXAMPLE}[vps_api]{re.sub('(?m)^# ?', '', API)}")
"""Every setting there is, as the example has it."""


def written(value: object) -> str:
    """The value as TOML, with every table in its place."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            # A lone surrogate cannot be written at all: the file is then no UTF-8.
            said = (f"\\u{ord(each):04x}" if each in '"\\' or ord(each) < 32 else each for each in value)
            return f'"{"".join(said)}"'
        case datetime() | date() | time():
            return value.isoformat()
        case list():
            return f"[{', '.join(map(written, value))}]"
        case dict():
            return "{" + ", ".join(f"{written(str(name))} = {written(each)}" for name, each in value.items()) + "}"
        case _:
            return str(value)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A right one, in which a few things are other ones, gone, twice or new."""

    def places(node: Any) -> list[tuple[Any, Any]]:
        keys = list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
        return [place for key in keys for place in [(node, key), *places(node[key])]]

    document: dict[str, Any] = deepcopy(TABLE)
    for _ in range(draw(st.integers(0, 3))):
        found = places(document)
        if not found:
            break
        node, key = draw(st.sampled_from(found))
        match draw(st.sampled_from(["other", "other", "gone", "new", "twice"])):
            case "other":
                node[key] = draw(LEAVES | st.lists(LEAVES, max_size=3) | st.dictionaries(TEXTS, LEAVES, max_size=2))
            case "gone":
                del node[key]
            case "twice" if isinstance(node, list):
                node.append(deepcopy(node[key]))
            case _ if isinstance(node, dict):
                node[draw(TEXTS)] = draw(LEAVES)
            case _:
                node.append(draw(LEAVES))
    return document


def are_sentences(error: SettingsError) -> None:
    assert error.sentences
    for each in error.sentences:
        assert each.isprintable(), each
        assert each.endswith((".", "?")), each
        assert 10 < len(each) < 700, each


def is_consistent(service: Service) -> None:
    deciding = [service.approver, *service.deputies]
    assert len(set(deciding)) == len(deciding)
    for person in deciding:
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", person.id)
    assert service.local(datetime.fromisoformat("2027-01-01T00:00:00+00:00")).tzinfo is service.zone
    assert all(is_address(each.address) for each in service.mail)
    assert {service.key, service.name, service.vps.name}.isdisjoint({""})
    for link in (service.incident_link, *(each.link for each in service.backups)):
        assert not link or link.startswith("https://")
    assert all(0 < each < 24 * 60 + 1 for each in (service.vps.snapshot_minutes, service.vps.restore_minutes))
    assert all(each.first <= each.last for each in service.freezes)
    assert service.policy.precheck_days >= service.policy.go_days >= service.policy.reminder_days
    assert service.vps.disk == "data"


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_any_services_file_is_consistent_or_refused_with_sentences(
    tmp_path_factory: pytest.TempPathFactory, document: Mapping[str, Any]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any-services.toml"
    text = "\n".join(f"{written(name)} = {written(value)}" for name, value in document.items())
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        read = load_services(path)
    except SettingsError as error:
        are_sentences(error)
    else:
        assert read.catalogue.services
        assert all(normalized_id(each.id) == each.id for each in read.catalogue.admins)
        for service in read.catalogue.services.values():
            is_consistent(service)


@settings(max_examples=examples(50))
@given(st.binary(max_size=60) | st.text(alphabet="[]{}=\"'#\n.,ab1-: \u202e", max_size=60).map(str.encode))
def test_any_file_is_refused_with_sentences(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any-file.toml"
    path.write_bytes(raw)
    with pytest.raises(SettingsError) as refused:
        load_services(path)
    are_sentences(refused.value)


RIGHT = {"MicrosoftAppId": ID, "MicrosoftAppPassword": "secret", "MicrosoftAppTenantId": OTHER}


@settings(max_examples=examples(200))
@given(
    st.dictionaries(st.sampled_from(sorted(NAMES.values())) | TEXTS, TEXTS, max_size=6), st.booleans(), st.booleans()
)
def test_any_environment_is_consistent_or_refused_with_sentences(
    given_: dict[str, str], complete: bool, serving: bool
) -> None:
    try:
        found = from_environment((RIGHT if complete else {}) | given_, NOWHERE, serving=serving)
    except SettingsError as error:
        are_sentences(error)
        return
    assert 0 <= found.port <= 65535
    assert all(normalized_id(each) == each for each in (found.app_id, found.tenant, *found.tenants))
    for url in (found.public_url, found.infomaniak_url, found.graph_url):
        assert not url or url.startswith(("https://", "http://127.0.0.1"))
    if serving and not found.local:
        assert found.app_id
        assert all(found.served)
    assert not found.graph_sender or is_address(found.graph_sender)


REAL = {
    "MicrosoftAppId": ID,
    "MicrosoftAppPassword": "Zq7xWv9k",
    "MicrosoftAppTenantId": OTHER,
    "GRAPH_SENDER": "bot@school.example",
    "INFOMANIAK_URL": "https://api.infomaniak.com",
    "INFOMANIAK_TOKEN": "Zq7xWv9k",
}
PEOPLE = "00000000-0000-0000-0000-0000000000", "3f2b8c1e-6a57-4d0f-9b1c-2e7d5a9c4b"
"""The example's, and real ones."""
SECRET = "Zq7xWv9k"
ADDRESSES = (
    f"postgresql+asyncpg://change:{SECRET}@db.example.ch:5432/change",
    f"postgresql://change:{SECRET}@[::1]:5432/change?ssl=require",
    f"postgresql+asyncpg://change:{SECRET}@/change?host=/run/postgresql&port=5432",
    f"postgresql+asyncpg://change:{SECRET}@/change?host=a:5432&host=b:5432&target_session_attrs=primary",
)


def shows_nothing_of(secret: str, text: str) -> None:
    assert not [each for at in range(len(secret) - 3) if (each := secret[at : at + 4]) in text], text


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    documents(),
    st.dictionaries(st.sampled_from(sorted(NAMES.values())) | TEXTS, TEXTS, max_size=3),
    st.sets(st.sampled_from(sorted(REAL)), max_size=2),
)
def test_whatever_of_right_settings_is_changed_they_are_taken_or_refused_with_sentences(
    tmp_path_factory: pytest.TempPathFactory, document: Mapping[str, Any], other: dict[str, str], gone: set[str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "all-services.toml"
    text = "\n".join(f"{written(name)} = {written(value)}" for name, value in document.items()).replace(*PEOPLE)
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    given_ = {"CHANGE_SERVICES": str(path)} | {name: each for name, each in REAL.items() if name not in gone} | other
    try:
        read = load_configuration(given_, NOWHERE)
    except SettingsError as error:
        are_sentences(error)
        shows_nothing_of(SECRET, str(error))
        return
    if not read.settings.local:
        assert read.services.catalogue.admins
        assert not any(is_example(each.id) for each in read.services.catalogue.admins)
        assert not any("mail" in each.notify for each in read.services.catalogue.services.values()) or (
            read.settings.graph_sender
        )


def test_what_the_changes_start_from_is_right(tmp_path: Path) -> None:
    path = tmp_path / "services.toml"
    text = "\n".join(f"{written(name)} = {written(value)}" for name, value in TABLE.items()).replace(*PEOPLE)
    path.write_text(text, encoding="utf-8")
    assert load_configuration(REAL | {"CHANGE_SERVICES": str(path)}, NOWHERE).services.catalogue.service("learn").name
    for each in ADDRESSES:
        assert database_address(each).password == SECRET


@st.composite
def addresses(draw: st.DrawFn) -> str:
    """A right one in which a few characters are other ones, gone, or more."""
    address = draw(st.sampled_from(ADDRESSES))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(address)))
        put = draw(
            st.sampled_from([*"@:/?#[]%&= \\", "@@", "://", "%zz", "99999", "\x00", "é", ""]) | st.text(max_size=2)
        )
        address = address[:at] + put + address[at + draw(st.integers(0, 3)) :]
    return address


@settings(max_examples=400, deadline=None)
@given(addresses())
def test_whatever_of_a_databases_address_is_changed_it_can_be_used_or_is_refused_without_its_password(
    address: str,
) -> None:
    try:
        found = from_environment({"CHANGE_MODE": "local", "CHANGE_DATABASE_URL": address}, NOWHERE).database_url
    except SettingsError as error:
        are_sentences(error)
        shows_nothing_of(SECRET, str(error))
        return
    list(passwords_in(found))
    if database_address(found).get_backend_name() == "postgresql":
        engine = make_engine(found)
        _, options = engine.dialect.create_connect_args(engine.url)
        ports = options.get("port", [])
        assert all(0 < int(each) < 65536 for each in (ports if isinstance(ports, list) else [ports]))
