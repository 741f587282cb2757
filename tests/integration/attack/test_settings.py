"""Settings refuse what cannot be meant, each with a sentence that says what to write; all of them at once."""

import re
from pathlib import Path

import pytest

import app as composition
import command_line
from settings import SettingsError, from_environment, load_services

ROOT = Path(__file__).parents[3]
NOWHERE = Path("there-is-no-such.env")
ID = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
OTHER = "0abcdef0-0000-4000-8000-000000000021"
PRODUCTION = {"MicrosoftAppId": ID, "MicrosoftAppPassword": "secret", "MicrosoftAppTenantId": OTHER}
SERVICE = f"""
[[service]]
key = "learn"
name = "Learn"
approver = "{ID}"
#here
[service.vps]
name = "Hannibal"
#vps
"""
LINE = "a\N{RIGHT-TO-LEFT OVERRIDE}b"


def test_everything_that_is_wrong_is_said_at_once_when_it_starts_and_when_it_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = {"CHANGE_PORT": "²", "CHANGE_PUBLIC_URL": "javascript:alert(1)", "GRAPH_URL": "http://graph.example/v1.0"}
    for name, value in (PRODUCTION | wrong).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    begins = "it does not begin with https://; write it like https://bot.example.ch."
    said = [
        "CHANGE_PORT is '²': set it to a number from 0 to 65535.",
        f"CHANGE_PUBLIC_URL is 'javascript:alert(1)': {begins}",
        "GRAPH_URL is 'http://graph.example/v1.0': over plain http everybody on the way reads along; write https://.",
        "services.toml cannot be read (No such file or directory): copy deploy/services.example.toml there.",
    ]
    assert command_line.main([], composition.build) == 2
    assert capsys.readouterr().err.splitlines() == said
    assert command_line.main(["check"], composition.build) == 1
    assert capsys.readouterr().out.splitlines() == [f"!!  {each}" for each in said]


REFUSED_URLS = (
    *("http://api.example.ch", "HTTP://api.example.ch", "http://127.0.0.1.example.ch", "http://localhost.example.ch"),
    *("https://user:secret@api.example.ch", "https://user@api.example.ch", "https://api.example.ch/?a=b"),
    *("https://api.example.ch/#there", "https://api.example.ch:70000", "https://api.example.ch:port"),
    *("https://api.example.ch:0", "https://api.example.ch:", "https://api.example.ch/a b", "https://api.exämple.ch"),
    *("https://[::1", "https://", "https:api.example.ch", "https:///api", "https://-a.example", "https://a..example"),
    *("https://1.2.3.400", "//api.example.ch", "api.example.ch", "javascript:alert(1)", "data:text/html,a"),
    *("file:///etc/passwd", "ftp://api.example.ch", "https://api.example.ch\\@else.example"),
    *("https://api.example.ch/" + "a" * 400, "https://api.example.ch/\u202e"),
)
ON_THIS_MACHINE = ("http://127.0.0.1:9", "http://localhost:8/x", "http://[::1]:9", "https://a.example.ch/v1.0")


def refused_by(environment: dict[str, str]) -> str:
    """The one sentence that refuses it."""
    with pytest.raises(SettingsError) as refused:
        from_environment(PRODUCTION | environment, NOWHERE)
    (sentence,) = refused.value.sentences
    assert sentence.endswith((".", "?"))
    assert sentence.isprintable()
    assert "secret" not in sentence
    return sentence


@pytest.mark.parametrize("name", ["CHANGE_PUBLIC_URL", "INFOMANIAK_URL", "GRAPH_URL"])
def test_an_address_that_gets_a_token_or_is_called_by_teams_is_https_and_nothing_else(name: str) -> None:
    for url in REFUSED_URLS:
        assert refused_by({name: url}).startswith(f"{name} is "), url


def test_in_local_mode_plain_http_will_do_on_the_machine_itself() -> None:
    for url in ON_THIS_MACHINE:
        assert from_environment({"CHANGE_MODE": "local", "INFOMANIAK_URL": url}, NOWHERE).infomaniak_url == url


@pytest.mark.parametrize("name", ["CHANGE_PUBLIC_URL", "INFOMANIAK_URL", "GRAPH_URL"])
def test_in_production_plain_http_is_refused_on_the_machine_itself_too(name: str) -> None:
    for url in ON_THIS_MACHINE[:3]:
        said = f"{name} is '{url}': plain http is for stand-ins on this machine, in local mode; write https://."
        assert refused_by({name: url}) == said


MEANINGLESS = {
    "CHANGE_PORT": ("²", "٣٩٧٨", "3_978", "-1", "+1", "70000", "3978.0", "1e3", "9" * 5000, "x"),
    "CHANGE_HOST": ("http://127.0.0.1", "127.0.0.1:3978", "a b", "1.2.3.4.5", "a/b", LINE),
    "MicrosoftAppId": ("id", ID[:-1], "00000000-0000-0000-0000-000000000000", ID + "\u200b"),
    "MicrosoftAppTenantId": ("isc.onmicrosoft.com", "common", ID + ID),
    "CHANGE_TENANTS": (",", f"{ID},x", f"{ID},{ID.upper()}", f"{ID};{OTHER}"),
    "GRAPH_SENDER": ("the bot", "a@b", "a@@x.ch", "a..b@x.ch", "a@x..ch", "A <a@x.ch>", "a@x.ch,b@x.ch"),
    "CHANGE_MODE": ("Production", "test"),
    "MicrosoftAppType": ("singletenant", "Single"),
    "CHANGE_TEMPLATES": ("/there/is/none", "a\nb"),
    "CHANGE_SERVICES": ("a\x00b", "x" * 5000),
    "OS_CLOUD": ("a\nb", LINE, "x" * 5000),
}
SECRETS = {
    "CHANGE_DATABASE_URL": ("postgresql+asyncpg://me:secret@host/\u200bname",),
    "MicrosoftAppPassword": ("very\u2060secret",),
    "INFOMANIAK_TOKEN": ("geheimnis\u200b-very-secret", "very secret", "sécret-secret"),
}
ALMOST = {
    "CHANGE_TENANT": "CHANGE_TENANTS",
    "MICROSOFTAPPID": "MicrosoftAppId",
    "CHANGE_PUBLIC_ULR": "CHANGE_PUBLIC_URL",
    "CHANGE_DATABASE": "CHANGE_DATABASE_URL",
    "MicrosoftAppPasword": "MicrosoftAppPassword",
    "MICROSOFT_APP_ID": "MicrosoftAppId",
    "GRAPH_SENDR": "GRAPH_SENDER",
}


@pytest.mark.parametrize("name", MEANINGLESS)
def test_what_cannot_be_meant_is_refused_by_name(name: str) -> None:
    for value in MEANINGLESS[name]:
        sentence = refused_by({name: value})
        assert sentence.startswith(f"{name} is "), value
        assert len(sentence) < 250


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_with_something_between_is_refused_and_not_shown(name: str) -> None:
    for value in SECRETS[name]:
        assert re.search(f"{name} is not right: .* anew", refused_by({name: value}))


def test_a_name_that_is_almost_a_setting_is_named_with_it_and_another_with_our_prefix_is_refused() -> None:
    for wrong, right in ALMOST.items():
        assert f"{wrong}' is no setting: did you mean {right}?" in refused_by({wrong: "x"})
    for name in ("CHANGE_FOO", "MicrosoftAppSecret", "change_debug", "CHANGE_"):
        unknown = f"'{name}' is no setting: unset it; docs/settings.md lists all there are"
        assert unknown in refused_by({name: "bar"})
    from_environment(PRODUCTION | {"CHANGE_DOMAIN": "x", "CHANGELOG": "y", "GRAPHVIZ": "z"}, NOWHERE)


def test_every_name_that_our_own_files_set_is_taken() -> None:
    own = {
        name: value
        for file in (ROOT / "deploy").iterdir()
        for name, value in re.findall(r"\b(CHANGE_[A-Z_]+)[=:] *(\S+)", file.read_text(encoding="utf-8"))
    }
    assert own.keys() >= {"CHANGE_DOMAIN", "CHANGE_UPSTREAM", "CHANGE_HOST", "CHANGE_ROLE"}
    from_environment(PRODUCTION | own, NOWHERE)


def test_ids_in_the_environment_have_the_one_spelling() -> None:
    given = PRODUCTION | {"MicrosoftAppId": f"{{{ID.upper()}}}", "CHANGE_TENANTS": f" {OTHER.upper()} , {ID}"}
    settings = from_environment(given, NOWHERE)
    assert (settings.app_id, settings.tenants) == (ID, (OTHER, ID))


def here(line: str) -> str:
    return SERVICE.replace("#here", line)


def vps(line: str) -> str:
    return SERVICE.replace("#vps", line)


def api(text: str) -> str:
    return f"{SERVICE}[vps_api{text}"


ZONES = (
    *("Europe", "localtime", "posix/Europe/Zurich", "right/UTC", "../etc", "/etc/localtime", "Factory", "", "Sion"),
    *("posixrules", "europe/zurich"),
)
NUMBERS = "-1", "10_000_000", "true", "1.0", "nan", "inf", '"21"', "[21]", "2027-01-01", "99999999999999999999"
KEYS = ("Learn", "", "a b", "é", "1", "-a", "a" * 41, "a/b", "²", "learn\\nx")
NO_IDS = ('"a"', '""', "1", '"00000000-0000-0000-0000-000000000000"', '"pierre@x.ch"', "[]")
RECIPIENTS = (
    *('"a"', '"a@x"', '"A <a@x.ch>"', '"a@x.ch\\r\\nBcc: b@x.ch"', '"a@x.ch", "A@X.ch"', "1"),
    '{address = "a@x.ch", langage = "fr"}',
)
PATHS = (
    *("//else.example/{vps_id}", "/1/../{vps_id}", "/1/{vps_id}?a=b", "/1/{vps_id}#a", "/1/ {vps_id}"),
    *("/1\\r\\nX: y/{vps_id}", "https://else.example/{vps_id}"),
)
SERVERS = ('disk = "system"', 'backend = "Dashboard"', "reference = 1", f'reference = "{LINE}"', "snapshot_minuts = 1")
POLICY = ("lead_days", "cutoff_minutes", "review_nudges", "day_hour")
LINKS = (
    *("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://wiki.example.ch", "http://127.0.0.1"),
    *("https://u:p@wiki.example.ch", "https://a b", "https://wiki.example.ch/)x", "wiki"),
)
FREEZES = (
    *('"Exams" 2027-02-05 2027-01-18', '"Exams" 2027-01-18 2037-01-18', '"Exams" 0001-01-01 0001-01-02'),
    *('"Exams" "2027-01-18" 2027-01-19', '"Exams" 0 1', '"Exams" 2027-01-18T10:00:00 2027-01-19'),
    *('"" 2027-01-18 2027-01-19', f'"{LINE}" 2027-01-18 2027-01-19'),
)
FILES: dict[str, tuple[str, ...]] = {
    "time zones": tuple(here(f'timezone = "{each}"') for each in ZONES),
    "numbers of the process": tuple(
        f"{SERVICE}[service.policy]\n{line}\n"
        for line in (
            *(f"{name} = {each}" for name in POLICY for each in NUMBERS),
            *("precheck_days = 5", "reminder_days = 10", "cutoff_silence_minutes = 40"),
        )
    ),
    "numbers of the server": tuple(
        vps(f"{name} = {each}") for name in ("snapshot_minutes", "restore_minutes") for each in ("0", *NUMBERS)
    ),
    "freezes": tuple(
        "{}[[service.freeze]]\nname = {}\nfrom = {}\nto = {}\n".format(SERVICE, *each.split()) for each in FREEZES
    ),
    "names": (
        *(SERVICE.replace('"learn"', f'"{each}"') for each in KEYS),
        *(SERVICE.replace('"Learn"', f'"{each}"') for each in ("", " ", LINE, "a\\nb", "x" * 61, "\\u0000")),
        *(SERVICE.replace('"Hannibal"', f'"{each}"') for each in ("", LINE, "x" * 61)),
        f"{SERVICE}{SERVICE}",
        SERVICE + SERVICE.replace('"learn"', '"other"'),
    ),
    "people": (
        *(SERVICE.replace(f'"{ID}"', each) for each in NO_IDS),
        here(f'deputies = ["{ID.upper()}"]'),
        here(f'deputies = ["{OTHER}", "{{{OTHER.upper()}}}"]'),
        f'admins = ["{OTHER}", "{OTHER.upper()}"]\n{SERVICE}',
        f'admins = ["me"]\n{SERVICE}',
    ),
    "notices": (
        *(here(f"languages = {each}") for each in ("[]", '["it"]', '["en", "en"]', '"en"', "[1]", '["EN"]')),
        *(here(f"notify = {each}") for each in ("[]", '["fax"]', '["teams", "teams"]', '["mail"]')),
        *(here(f"mail = [{each}]") for each in RECIPIENTS),
        *(here(f'approver_mail = "{each}"') for each in ("a", "a@x.ch\\nBcc: b@x.ch", LINE + "@x.ch")),
        *(here(f'incident_link = "{each}"') for each in LINKS),
    ),
    "backups": tuple(
        f'{SERVICE}[[service.backup]]\nname = "NAS"\n{more}\n'
        for more in (*('link = "javascript:alert(1)"', '[[service.backup]]\nname = "nas"', "minutes = 10_000_000"),)
    ),
    "servers": tuple(vps(line) for line in SERVERS),
    "the provider's API": (
        *(api(f"]\nsnapshot_limit = {each}\n") for each in NUMBERS),
        *(api(f'.paths]\nsnapshots = "{each}"\n') for each in PATHS),
        *(api(f".bodies.create]\n{each}\n") for each in ("x = nan", 'name = "{name}"', "x = [1]")),
        *(api('.words.snapshot]\nready = "fine"\n'), api('.fields]\nname = ""\n')),
        *(api('.feilds]\nname = "a"\n'), api(']\naccount_id = "../1"\n')),
    ),
    "no such file": (
        *("service = 1", "service = [1]", "", "servce = []", "\x00", "a = " + "[" * 5000, "a = " + "9" * 5000),
    ),
}


@pytest.mark.parametrize("what", FILES)
def test_a_services_file_that_cannot_be_meant_is_refused_with_a_sentence(what: str, tmp_path: Path) -> None:
    path = tmp_path / "services.toml"
    for text in FILES[what]:
        path.write_text(text, encoding="utf-8")
        with pytest.raises(SettingsError) as refused:
            load_services(path)
        for sentence in refused.value.sentences:
            assert sentence.startswith(f"{path}"), text
            assert sentence.endswith((".", "?")), text
            assert sentence.isprintable()
            assert len(sentence) - len(str(path)) < 400


def test_what_the_lists_here_start_from_is_right_and_its_ids_have_the_one_spelling(tmp_path: Path) -> None:
    path = tmp_path / "services.toml"
    text = f'admins = ["{OTHER.upper()}"]\n' + here(f'deputies = ["{{{OTHER.upper()}}}"]').replace(ID, ID.upper())
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())  # as an editor on Windows saves it
    read = load_services(path).catalogue
    learn = read.service("learn")
    assert ([each.id for each in read.admins], learn.approver.id, learn.deputies[0].id) == ([OTHER], ID, OTHER)


def test_a_file_that_is_no_text_or_no_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "services.toml"
    path.write_bytes(b'a = "\xff"')
    with pytest.raises(SettingsError, match="not written in UTF-8"):
        load_services(path)
    path.write_bytes(b"#" * 600_000)
    with pytest.raises(SettingsError, match="has 600000 bytes"):
        load_services(path)
    with pytest.raises(SettingsError, match="cannot be read"):
        load_services(tmp_path)
    (tmp_path / ".env").write_bytes(b"CHANGE_MODE=\xff")
    with pytest.raises(SettingsError, match="not written in UTF-8"):
        from_environment({}, tmp_path / ".env")


def test_a_misspelt_setting_is_named_with_the_nearest_there_is(tmp_path: Path) -> None:
    path = tmp_path / "services.toml"
    path.write_text(vps("snapshot_minuts = 3").replace("#here", 'langages = ["fr"]'), encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        load_services(path)
    assert set(refused.value.sentences) == {
        f"{path}: learn: langages: there is no such setting; did you mean languages?",
        f"{path}: learn: vps.snapshot_minuts: there is no such setting; did you mean snapshot_minutes?",
    }
