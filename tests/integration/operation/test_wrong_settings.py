"""Each setting that nobody can have meant, with the sentence that whoever set it reads; no traceback, no password."""

import base64
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import pytest

from settings import SettingsError, load_configuration
from settings.policy_table import PAIRS
from settings.values import SAMPLE, is_example

ROOT = Path(__file__).parents[3]
APP, TENANT = "5d2c1a70-1111-4222-8333-944455556666", "7a3e4b10-2222-4333-8444-955566667777"
ANNE, DORA = "3f2b8c1e-6a57-4d0f-9b1c-2e7d5a9c4b10", "c0a4d5e6-1b2c-4d3e-8f90-a1b2c3d4e5f6"
PASSWORD = "Zf8~geheim-Q2"
RIGHT = {"MicrosoftAppId": APP, "MicrosoftAppPassword": PASSWORD, "MicrosoftAppTenantId": TENANT}
ADMINS = f'admins = ["{ANNE}"]\n'
SERVICE = f"""
[[service]]
key = "learn"
name = "Learn"
approver = "{ANNE}"
deputies = ["{DORA}"]
#here
[service.vps]
name = "Hannibal"
#vps
"""
FILE = ADMINS + SERVICE
ON = f"postgresql+asyncpg://change:{PASSWORD}"
LOOKS = f"an Entra id looks like {SAMPLE}; copy it from the Entra portal."
NOBODY = "that is nobody's id, it stands in an example; copy the person's from the Entra portal."
PLAIN = "plain http is for stand-ins on this machine, in local mode; write https://."
URLS = "sqlite+aiosqlite:///var/changes.db or postgresql+asyncpg://USER:PASSWORD@HOST/NAME"
ADMIN = (
    "{file}: admins: nobody stands there, and only an admin can bind a service to its channel; write the Entra object "
    'id of at least one above the first [[service]], like admins = ["…"].'
)
LONG = (
    "{file}: learn: freeze 1.to is 2037-02-05; that is more than a year after from (2027-01-18); name the days of one "
    "year."
)
PORT = "its port is no number from 1 to 65535; leave it out for the usual one, 5432."
DATABASE = "CHANGE_DATABASE_URL is not right:"


@dataclass(frozen=True)
class Wrong:
    """What is set, and every sentence that comes of it; `{file}` is the file's name."""

    said: tuple[str, ...]
    given: dict[str, str] = field(default_factory=dict)
    file: str = FILE
    as_bytes: bytes | None = None


def env(said: str, **given: str) -> Wrong:
    return Wrong((said,), given)


def here(line: str, *said: str) -> Wrong:
    """A line of the service's own."""
    return Wrong(tuple(f"{{file}}: {each}" for each in said), file=FILE.replace("#here", line))


def vps(line: str, *said: str) -> Wrong:
    return Wrong(tuple(f"{{file}}: {each}" for each in said), file=FILE.replace("#vps", line))


def policy(line: str, said: str) -> Wrong:
    return Wrong((f"{{file}}: learn: policy.{said}",), file=f"{FILE}[service.policy]\n{line}\n")


def beside(table: str, said: str, **given: str) -> Wrong:
    """A table about another program."""
    return Wrong((f"{{file}}: {said}",), given, file=f"{FILE}{table}\n")


HOOK = '[[webhook]]\nname = "deploy"\nurl = "https://ci.example.ch/hooks"\n'
WIKI = '[wiki]\nurl = "https://wiki.example.ch"\n'
NO_SECRET = "webhook deploy needs a secret; set it in CHANGE_WEBHOOK_SECRETS."
SIGNING = "a secret is whsec_ and 24 to 64 bytes in base64; make one as docs/integrations.md says."
OPEN = "over plain http everybody on the way reads along; write https://."
WRONG: dict[str, Wrong] = {
    # The environment
    "an app id that is none": env(f"MicrosoftAppId is 'change-bot': {LOOKS}", MicrosoftAppId="change-bot"),
    "a tenant by name": env(
        f"MicrosoftAppTenantId is 'x.onmicrosoft.com': {LOOKS}", MicrosoftAppTenantId="x.onmicrosoft.com"
    ),
    "the app id as the tenant": env(
        "MicrosoftAppTenantId is the same id as MicrosoftAppId: set it to the tenant's own, the App Tenant ID.",
        MicrosoftAppTenantId=APP,
    ),
    "the id of the secret": env(
        "MicrosoftAppPassword is not right: it looks like the id of a secret; copy the secret's value instead.",
        MicrosoftAppPassword=DORA,
    ),
    "a misspelt variable": env(
        "'CHANGE_PUBLIC_ULR' is no setting: did you mean CHANGE_PUBLIC_URL?", CHANGE_PUBLIC_ULR="x"
    ),
    "a variable cut short": env(
        "'CHANGE_DATABASE' is no setting: did you mean CHANGE_DATABASE_URL?", CHANGE_DATABASE="x"
    ),
    "an unknown variable": env(
        "'CHANGE_COLOUR' is no setting: unset it; docs/settings.md lists all there are.", CHANGE_COLOUR="red"
    ),
    "a misspelt variable of Microsoft's": env(
        "'MicrosoftAppPasword' is no setting: did you mean MicrosoftAppPassword?", MicrosoftAppPasword=PASSWORD
    ),
    "an unknown variable of Microsoft's": env(
        "'MicrosoftAppSecret' is no setting: unset it; docs/settings.md lists all there are.",
        MicrosoftAppSecret=PASSWORD,
    ),
    "a mode that is none": env(
        "CHANGE_MODE is 'Production': set it to production or local; did you mean production?", CHANGE_MODE="Production"
    ),
    "a role that is none": env(
        "CHANGE_ROLE is 'workers': set it to all, web or worker; did you mean worker?", CHANGE_ROLE="workers"
    ),
    "a port that is none": env("CHANGE_PORT is '70000': set it to a number from 0 to 65535.", CHANGE_PORT="70000"),
    "a host with a port": env(
        "CHANGE_HOST is '127.0.0.1:80': set it to an address like 127.0.0.1, without https:// and without a port.",
        CHANGE_HOST="127.0.0.1:80",
    ),
    "Graph over http": env(f"GRAPH_URL is 'http://127.0.0.1:9/v1.0': {PLAIN}", GRAPH_URL="http://127.0.0.1:9/v1.0"),
    "a public address over http": env(
        "CHANGE_PUBLIC_URL is 'http://change.example.ch': over plain http everybody on the way reads along; write https://.",
        CHANGE_PUBLIC_URL="http://change.example.ch",
    ),
    "Infomaniak over http": env(
        f"INFOMANIAK_URL is 'http://localhost:9': {PLAIN}", INFOMANIAK_URL="http://localhost:9"
    ),
    "a password in a web address": env(
        "INFOMANIAK_URL is 'https://…@api.example.ch': it has a user or a password in it; write it without, like "
        "https://bot.example.ch.",
        INFOMANIAK_URL=f"https://u:{PASSWORD}@api.example.ch",
    ),
    "a password in what is hardly a web address": env(
        "INFOMANIAK_URL is '…@api.example.ch?…': it does not begin with https://; write it like https://bot.example.ch.",
        INFOMANIAK_URL=f"https:/u:{PASSWORD}@api.example.ch?key={PASSWORD}",
    ),
    "a password without what stands behind it": env(
        "INFOMANIAK_URL is 'https://u:…': that is no web address; write it like https://bot.example.ch.",
        INFOMANIAK_URL=f"https://u:{PASSWORD}%40api.example.ch",
    ),
    "a token in a fragment": env(
        "GRAPH_URL is 'https://graph.example.ch/#…': it has a ? or a # in it; write it like https://bot.example.ch, "
        "without what follows them.",
        GRAPH_URL=f"https://graph.example.ch/#{PASSWORD}",
    ),
    "a token where its address belongs": env(
        "INFOMANIAK_URL is '…': it does not begin with https://; write it like https://bot.example.ch.",
        INFOMANIAK_URL="Zx81secretSECRET",
    ),
    "a sender that is no address": env(
        "GRAPH_SENDER is 'the bot': that is no mail address; name@example.ch is one.", GRAPH_SENDER="the bot"
    ),
    "templates that are not there": env(
        "CHANGE_TEMPLATES is '/there/is/none': that is no folder; create it, or unset it.",
        CHANGE_TEMPLATES="/there/is/none",
    ),
    "tenants that are none": env(f"CHANGE_TENANTS is '{TENANT}; x': {LOOKS}", CHANGE_TENANTS=f"{TENANT}; x"),
    "a database with a wrong port": env(
        f"{DATABASE} {PORT}",
        CHANGE_DATABASE_URL=f"{ON}@db:54321543/change",
    ),
    "a database with a word for a port": env(
        f"{DATABASE} {PORT}",
        CHANGE_DATABASE_URL=f"{ON}@db:port/change",
    ),
    "a database whose password has an @": env(
        f"{DATABASE} it has more than one @ in it; write one that belongs to the password as %40.",
        CHANGE_DATABASE_URL="postgresql://change:Zf8~geh@im-Q2@db/change",
    ),
    "a database whose password has a ?": env(
        "CHANGE_DATABASE_URL is not right: it has a ? before its @; write one that belongs to the password as %3F.",
        CHANGE_DATABASE_URL="postgresql://change:Zf8~geh?im-Q2@db/change",
    ),
    "a database with half a bracket": env(
        f"CHANGE_DATABASE_URL is not right: it cannot be read; write {URLS}.",
        CHANGE_DATABASE_URL=f"{ON}@[::1/change",
    ),
    "a database with another driver's option": env(
        "CHANGE_DATABASE_URL is not right: it has options that cannot be meant; did you mean ssl?",
        CHANGE_DATABASE_URL=f"{ON}@db/change?sslmode=require",
    ),
    "a database with a password among its options": env(
        "CHANGE_DATABASE_URL is not right: it has options that cannot be meant; those there are: host, port, ssl, "
        "target_session_attrs, passfile, prepared_statement_cache_size.",
        CHANGE_DATABASE_URL=f"postgresql://db/change?password={PASSWORD}",
    ),
    "a database with an option that is none": env(
        "CHANGE_DATABASE_URL is not right: its option timeout is not one that it can be; correct it, or leave it out.",
        CHANGE_DATABASE_URL="sqlite+aiosqlite:///x.db?timeout=long",
    ),
    "a database without a name": env(
        "CHANGE_DATABASE_URL is not right: it names no database; write postgresql+asyncpg://USER:PASSWORD@HOST/NAME.",
        CHANGE_DATABASE_URL=f"{ON}@db",
    ),
    "a database of another kind": env(
        f"CHANGE_DATABASE_URL is not right: mysql cannot keep the changes; use {URLS}.",
        CHANGE_DATABASE_URL=f"mysql://change:{PASSWORD}@db/change",
    ),
    "SQLite on another machine": env(
        "CHANGE_DATABASE_URL is not right: it names a host, and SQLite is a file on this machine; write for example "
        "sqlite+aiosqlite:///var/changes.db.",
        CHANGE_DATABASE_URL="sqlite://var/changes.db",
    ),
    "local mode for everybody": Wrong(
        ("Local mode listens on loopback only: set CHANGE_HOST to 127.0.0.1, not 0.0.0.0.",),
        {"CHANGE_MODE": "local", "CHANGE_HOST": "0.0.0.0", **dict.fromkeys(RIGHT, "")},  # noqa: S104
    ),
    # People
    "an approver by mail": Wrong(
        (f"{{file}}: learn: approver is 'anne@school.ch'; {LOOKS}",),
        file=FILE.replace(f'approver = "{ANNE}"', 'approver = "anne@school.ch"'),
    ),
    "the example's ids": Wrong(
        (
            f"{{file}}: learn: approver is '00000000-0000-0000-0000-000000000021'; {NOBODY}",
            f"{{file}}: learn: deputies 1 is '{SAMPLE}'; {NOBODY}",
        ),
        file=FILE.replace(f'approver = "{ANNE}"', 'approver = "00000000-0000-0000-0000-000000000021"').replace(
            DORA, SAMPLE
        ),
    ),
    "no admin": Wrong(
        (ADMIN,),
        file=SERVICE,
    ),
    "admins below a service": Wrong(
        (
            ADMIN,
            "{file}: learn: admins: it stands in the wrong place; write it above the first [[service]].",
        ),
        file=SERVICE.replace("#here", ADMINS),
    ),
    "an admin twice": Wrong(
        (f"{{file}}: admins: '{ANNE}' stands there twice; name each once.",),
        file=ADMINS.replace("]", f', "{ANNE}"]') + SERVICE,
    ),
    "a deputy who is the approver": Wrong(
        (f"{{file}}: learn: deputies: {ANNE} is approver and deputy; name somebody else as deputy, or nobody.",),
        file=FILE.replace(DORA, ANNE),
    ),
    # Days
    "a freeze that runs backwards": Wrong(
        ("{file}: learn: freeze 1.to is 2027-01-18; that is before from (2027-02-05); exchange the two.",),
        file=f'{FILE}[[service.freeze]]\nname = "Exams"\nfrom = 2027-02-05\nto = 2027-01-18\n',
    ),
    "a freeze of ten years": Wrong(
        (LONG,),
        file=f'{FILE}[[service.freeze]]\nname = "Exams"\nfrom = 2027-01-18\nto = 2037-02-05\n',
    ),
    "closed days that run backwards": here(
        "closed = [{from = 2027-12-24, to = 2027-12-20}]",
        "learn: closed 1.to is 2027-12-20; that is before from (2027-12-24); exchange the two.",
    ),
    # Words
    "a time zone that is none": here(
        'timezone = "Europe/Zürich"',
        "learn: timezone is 'Europe/Zürich'; that is no time zone; did you mean Europe/Zurich?",
    ),
    "a language that is none": here(
        'languages = ["eng"]', "learn: languages 1 is 'eng'; write one of 'en', 'fr', 'de'; did you mean en?"
    ),
    "a backend that is none": vps(
        'backend = "dashbord"',
        "learn: vps.backend is 'dashbord'; write one of 'dashboard', 'vps_api', 'public_cloud'; did you mean "
        "dashboard?",
    ),
    "a setting that is none": here(
        'colour = "red"',
        "learn: colour: there is no such setting; docs/settings.md lists them all.",
    ),
    "a misspelt setting": here("deputys = []", "learn: deputys: there is no such setting; did you mean deputies?"),
    "the system disk": vps(
        'disk = "system"',
        "learn: vps.disk is 'system'; only the data disk is snapshotted, because Infomaniak's system snapshots fail; "
        'set it to "data".',
    ),
    # What does not fit together
    "mails to nobody": here(
        'notify = ["mail"]', "learn: notify: it names mail, but nobody stands under mail; add an address there."
    ),
    "mails without a sender": here(
        'notify = ["mail"]\nmail = ["all@school.example"]',
        "learn: notify: it names mail, which needs GRAPH_SENDER; see docs/install.md.",
    ),
    "a backend without its access": vps(
        'backend = "public_cloud"',
        "learn: vps.backend is 'public_cloud'; that needs OS_CLOUD, a name in clouds.yaml.",
    ),
    "two services of one key": Wrong(
        ("{file}: two services have the same key, 'learn'; give each its own.",),
        file=FILE + SERVICE.replace('"Learn"', '"Other"'),
    ),
    "two services of one name": Wrong(
        ("{file}: two services have the same name, 'Learn'; give each its own.",),
        file=FILE + SERVICE.replace('"learn"', '"other"').replace('"Learn"', '"learn"'),
    ),
    # Numbers of the process
    "a number that is none": policy("lead_days = -1", "lead_days is -1; write a whole number from 0 to 366."),
    "a misspelt number": policy("go_day = 7", "go_day: there is no such setting; did you mean go_days?"),
    "a number that nobody knows": policy(
        "colour = 7", "colour: there is no such setting; docs/settings.md lists them all."
    ),
    "GO before the pre-check": policy(
        "go_days = 15\npreflight_days = 16",
        "go_days is 15; that is more than precheck_days (14), but the pre-check comes before GO; change one of the "
        "two.",
    ),
    "a pre-check after GO, whose day was left": policy(
        "precheck_days = 5",
        "precheck_days is 5; that is less than go_days (7), but the pre-check comes before GO; change one of the two.",
    ),
    "a day that begins in the quiet hours": policy(
        "day_hour = 6",
        "day_hour is 6; that lies in the quiet hours from 21 to 7; change one of the three.",
    ),
    "quiet hours over the hour of the day": policy(
        "quiet_to_hour = 10",
        "quiet_to_hour is 10; day_hour (9) lies in the quiet hours from 21 to 10; change one of the three.",
    ),
    # Other programs
    "a webhook without a secret": beside(HOOK, NO_SECRET),
    "a webhook with another's secret": beside(
        HOOK, NO_SECRET, CHANGE_WEBHOOK_SECRETS=f"deplay=whsec_{base64.b64encode(bytes(32)).decode()}"
    ),
    "a secret that is none": Wrong(
        (f"CHANGE_WEBHOOK_SECRETS is not right: {SIGNING}",),
        {"CHANGE_WEBHOOK_SECRETS": f"deploy={PASSWORD}"},
        file=FILE + HOOK,
    ),
    "a secret without a name": env(
        f"CHANGE_WEBHOOK_SECRETS is not right: {SIGNING}", CHANGE_WEBHOOK_SECRETS=f"whsec_{PASSWORD}=="
    ),
    "secrets without names": env(
        "CHANGE_WEBHOOK_SECRETS is not right: write the name of each webhook once, =, and its secrets, like "
        "deploy=whsec_…,whsec_….",
        CHANGE_WEBHOOK_SECRETS=PASSWORD,
    ),
    "a misspelt key of a webhook": beside(
        f"{HOOK}allow_privat = true", "webhook 1.allow_privat: there is no such setting; did you mean allow_private?"
    ),
    "a webhook over plain http": beside(
        HOOK.replace("https", "http"), f"webhook 1.url is 'http://ci.example.ch/hooks'; {OPEN}"
    ),
    "a private webhook in quotes": beside(
        f'{HOOK}allow_private = "yes"', "webhook 1.allow_private is 'yes'; write true or false, without quotes."
    ),
    "two webhooks of one name": beside(HOOK + HOOK, "webhook: 'deploy' stands there twice; name each once."),
    "a silence of everything": beside(
        '[monitoring]\nalertmanager = "http://alertmanager.example.ch:9093"',
        "monitoring.matchers: it is empty; a silence needs at least one.",
    ),
    "a matcher that is none": beside(
        '[monitoring]\nalertmanager = "http://alertmanager.example.ch:9093"\nmatchers = ["learn"]',
        "monitoring.matchers 1 is 'learn'; write it as Alertmanager does, in single quotes: 'instance=~\"learn.*\"'.",
    ),
    "a wiki over plain http": beside(WIKI.replace("https", "http"), f"wiki.url is 'http://wiki.example.ch'; {OPEN}"),
    "a wiki without a token": beside(WIKI, "wiki needs a token; set it in CHANGE_WIKI_TOKEN."),
    "an old wiki without a password": beside(
        f'{WIKI}api = "xml"',
        "wiki needs who writes it; set CHANGE_WIKI_TOKEN to their name, a colon and their password.",
        CHANGE_WIKI_TOKEN="geheim",
    ),
    "a namespace that a wiki would change": beside(
        f'{WIKI}namespace = "Processes/Changes"',
        "wiki.namespace is 'Processes/Changes'; write a namespace of the wiki, of small letters and digits, like "
        "processes:changes.",
    ),
    # The file
    "a file in Latin-1": Wrong(
        ("{file} is not written in UTF-8: save it as that.",),
        as_bytes=FILE.replace('"Learn"', '"École"').encode("latin-1"),
    ),
    "a file that is no TOML": Wrong(
        ("{file} is not valid TOML: Expected '=' after a key in a key/value pair (at line 1, column 10).",),
        as_bytes=b"services are learn\n",
    ),
    "no file": Wrong(
        ("{file} cannot be read (No such file or directory): copy deploy/services.example.toml there.",), as_bytes=b""
    ),
}
BY_PROCESS = ("a database whose password has an @", "the example's ids", "a file in Latin-1")
"""Of the environment, of what the file says, of the file itself."""


def put(wrong: Wrong, folder: Path) -> tuple[dict[str, str], list[str]]:
    """The environment, with the file that it names; and what is said."""
    path = folder / "services.toml"
    if wrong.as_bytes != b"":
        path.write_bytes(wrong.file.encode() if wrong.as_bytes is None else wrong.as_bytes)
    given = {
        **RIGHT,
        "CHANGE_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/changes.db",
        "CHANGE_SERVICES": str(path),
        "CHANGE_PORT": "0",
        **wrong.given,
    }
    return given, [each.format(file=path) for each in wrong.said]


def shows_no_secret(text: str) -> None:
    for part in (PASSWORD, "Zf8", "geh", "im-Q2"):
        assert part not in text


@pytest.mark.parametrize("what", WRONG)
def test_what_nobody_can_have_meant_is_refused_with_its_sentence(what: str, tmp_path: Path) -> None:
    given, said = put(WRONG[what], tmp_path)
    with pytest.raises(SettingsError) as refused:
        load_configuration(given, tmp_path / ".env")
    assert list(refused.value.sentences) == said
    shows_no_secret(str(refused.value))


def run(folder: Path, given: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """The process itself, in an empty folder."""
    program = [sys.executable, str(ROOT / "app.py"), *arguments]
    return subprocess.run(program, cwd=folder, env={"PATH": os.defpath} | given, capture_output=True, check=False)


@pytest.mark.parametrize("what", BY_PROCESS)
def test_the_process_ends_with_2_and_a_line_for_each_mistake(what: str, tmp_path: Path) -> None:
    given, said = put(WRONG[what], tmp_path)
    ended = run(tmp_path, given)
    assert ended.stderr.decode().splitlines() == said
    assert ended.returncode == 2
    assert ended.stdout == b""


def test_everything_in_both_files_is_said_at_once_by_the_start_and_by_the_check(tmp_path: Path) -> None:
    names = ("a port that is none", "a misspelt variable", "a database with a wrong port")
    wrong = Wrong(
        tuple(sorted(each for name in names for each in WRONG[name].said)),
        {name: value for each in names for name, value in WRONG[each].given.items()},
        file=WRONG["no admin"].file.replace(DORA, ANNE)
        + '[[service.freeze]]\nname = ""\nfrom = 2027-02-05\nto = 2027-01-18\n'
        + "[service.policy]\ngo_days = 15\nnudge_days = 9\n",
    )
    given, of_the_environment = put(wrong, tmp_path)
    started, checked = run(tmp_path, given), run(tmp_path, given, "check")
    lines = started.stderr.decode().splitlines()
    assert sorted(lines[:3]) == of_the_environment
    places = [
        re.sub(r"^\S*services\.toml: |[:;] .*| is .*", "", each.removeprefix(f"{tmp_path}/")) for each in lines[3:]
    ]
    assert places == ["admins", "learn", "learn", "learn", "learn", "learn", "learn"], lines
    for part in ("deputies: ", "freeze 1.to", "freeze 1.name", "go_days is 15; that is more than precheck_days"):
        assert sum(part in each for each in lines) == 1, part
    assert sum("go_days is 15; that is more than preflight_days (8)" in each for each in lines) == 1
    assert sum("nudge_days is 9; that is more than deputies_days (2)" in each for each in lines) == 1
    assert started.returncode == 2
    assert checked.returncode == 1
    assert checked.stdout.decode().splitlines() == [f"!!  {each}" for each in lines]
    shows_no_secret(started.stderr.decode() + checked.stdout.decode())


def test_an_env_file_in_latin_1_is_one_sentence_and_one_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    given, _ = put(Wrong(()), tmp_path)
    password = given.pop("MicrosoftAppPassword")
    (tmp_path / ".env").write_bytes("CHANGE_TEMPLATES=/wörter\n".encode("latin-1"))
    ended = run(tmp_path, given)
    assert ended.stderr.decode().splitlines() == [".env is not written in UTF-8: save it as that."]
    assert ended.returncode == 2
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbf" + f"MicrosoftAppPassword={password}\n".encode())
    assert load_configuration(given, tmp_path / ".env").settings.app_password == PASSWORD


def test_a_services_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    given, _ = put(Wrong((), as_bytes=b"\xef\xbb\xbf" + FILE.encode()), tmp_path)
    read = load_configuration(given, tmp_path / ".env")
    assert list(read.services.catalogue.services) == ["learn"]
    assert read.settings.app_id == APP


def test_an_address_that_is_not_this_machines_and_a_taken_port_are_a_line_each(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for wrong, said in (
            ({"CHANGE_PORT": str(port)}, f"Port {port} is taken: stop what listens there, or set CHANGE_PORT."),
            ({"CHANGE_HOST": "192.0.2.1"}, "set CHANGE_HOST to an address of this machine."),
        ):
            given, _ = put(Wrong((), wrong), tmp_path)
            ended = run(tmp_path, given)
            lines = [each for each in ended.stderr.decode().splitlines() if not each.startswith('{"event": ')]
            assert len(lines) == 1, lines
            assert lines[0].endswith(said)
            assert ended.returncode == 2


def test_a_terminal_without_our_signs_gets_the_sentence_all_the_same(tmp_path: Path) -> None:
    given, _ = put(WRONG["no admin"], tmp_path)
    given |= {"PYTHONIOENCODING": "ascii", "CHANGE_PORT": "x"}
    for arguments, status in ((("check",), 1), ((), 2)):
        ended = run(tmp_path, given, *arguments)
        assert b'like admins = ["\\u2026"].' in ended.stdout + ended.stderr
        assert b"Traceback" not in ended.stderr
        assert ended.returncode == status


def contradicting() -> Iterator[tuple[str, str, str]]:
    """For each pair, a table that makes it contradict, as little as possible."""
    for pair in PAIRS:
        yield f"{pair.larger}/{pair.smaller}", f"{pair.larger} = 1\n{pair.smaller} = 2", pair.why


@pytest.mark.parametrize(("pair", "lines", "why"), list(contradicting()))
def test_every_pair_of_numbers_that_contradicts_is_refused_with_its_reason(
    pair: str, lines: str, why: str, tmp_path: Path
) -> None:
    given, _ = put(Wrong((), file=f"{FILE}[service.policy]\n{lines}\n"), tmp_path)
    with pytest.raises(SettingsError) as refused:
        load_configuration(given, tmp_path / ".env")
    larger, smaller = pair.split("/")
    said = f"learn: policy.{larger} is 1; that is less than {smaller} (2), but {why}; change one of the two."
    assert any(each.endswith(said) for each in refused.value.sentences)


def test_a_reminder_that_is_switched_off_contradicts_nothing(tmp_path: Path) -> None:
    off = [f"{pair.larger} = 0" for pair in PAIRS if pair.may_be_off]
    never = ["nudge_days", "corrections_days", "nag_minutes", "incident_nudge_minutes", "review_every_days"]
    for lines in (set(off), {f"{name} = 0" for name in never}):
        given, _ = put(Wrong((), file="\n".join((FILE, "[service.policy]", *lines))), tmp_path)
        load_configuration(given, tmp_path / ".env")


def test_no_two_pairs_say_the_same() -> None:
    assert all({a.larger, a.smaller} != {b.larger, b.smaller} for a, b in combinations(PAIRS, 2))


OF_TEAMS = {"1fec8e78-bce4-4aaf-ab1b-5451cc387264", "5e3ce6c0-2b1f-4285-8d4b-75ee78787346"}
"""Microsoft's own clients, Teams on the desktop and in the browser, which an app lets in by these ids."""


def test_every_id_in_the_examples_and_in_the_documentation_is_known_as_nobodys() -> None:
    guid = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "docs").glob("*.toml")]
    files = [
        *pages,
        *(each for each in (ROOT / "deploy").iterdir() if each.is_file()),
        ROOT / "local" / "services.toml",
    ]
    found = {each for file in files for each in guid.findall(file.read_text(encoding="utf-8"))}
    assert len(found) > 3
    assert {each for each in found if not is_example(each)} == OF_TEAMS
