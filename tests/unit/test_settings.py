"""What cannot work is said in one line before anything starts."""

import re
from datetime import date
from pathlib import Path

import pytest

from changes.policy import Recipient, Tools
from changes.snapshots import OperationState
from infomaniak.vps_api.configuration import VpsApiSettings
from settings import SettingsError, from_environment, load_services
from settings.services_file import Services

NOWHERE = Path("there-is-no-such.env")
ID = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
TENANT = "0abcdef0-0000-4000-8000-000000000021"
PRODUCTION = {"MicrosoftAppId": ID, "MicrosoftAppPassword": "secret", "MicrosoftAppTenantId": TENANT}
SENDING = {"GRAPH_SENDER": "bot@x.ch"}
SERVICE = f"""
[[service]]
key = "learn"
name = "Learn"
approver = "{ID}"
[service.vps]
name = "Hannibal"
"""

POLICY = SERVICE + "[service.policy]\n"
APPROVER = f'approver = "{ID}"'


def mailing(recipients: str) -> str:
    """The service, telling these by mail."""
    return with_(f"mail = [{recipients}]", 'notify = ["mail"]')


def with_(*lines: str) -> str:
    """The service with these settings of its own."""
    return SERVICE.replace(APPROVER, "\n".join((APPROVER, *lines)))


def loaded(tmp_path: Path, text: str) -> Services:
    """What is read of the file."""
    path = tmp_path / "services.toml"
    path.write_text(text)
    return load_services(path)


def closing(days: str) -> str:
    """The service, closed on these days."""
    return with_(f"closed = [{days}]")


def test_production_is_the_default_and_refuses_to_start_without_credentials_in_one_line() -> None:
    with pytest.raises(SettingsError) as refused:
        from_environment({}, NOWHERE)
    assert "MicrosoftAppId, MicrosoftAppPassword, MicrosoftAppTenantId" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"CHANGE_ROLE": "boss"}, "CHANGE_ROLE is 'boss'"),
        ({"GRAPH_SENDER": "the bot"}, "GRAPH_SENDER is 'the bot'"),
        (SENDING | {"MicrosoftAppType": "UserAssignedMSI", "MicrosoftAppPassword": ""}, "MicrosoftAppPassword too"),
        (
            SENDING | {"MicrosoftAppType": "MultiTenant", "MicrosoftAppTenantId": "", "CHANGE_TENANTS": ID},
            "GRAPH_SENDER needs MicrosoftAppTenantId too",
        ),
    ],
)
def test_a_role_that_is_none_and_a_sender_that_cannot_send_are_refused(given: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        from_environment(PRODUCTION | given, NOWHERE)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (PRODUCTION, "Local mode lets anybody act as anybody"),
        ({"CHANGE_HOST": "0.0.0.0"}, "loopback only"),  # noqa: S104
        ({"OS_CLOUD": "isc"}, "anybody.*unset OS_CLOUD"),
        ({"INFOMANIAK_TOKEN": "t", "INFOMANIAK_URL": "https://api.example"}, "anybody.*unset INFOMANIAK_TOKEN"),
        ({"INFOMANIAK_TOKEN": "t"}, "anybody.*unset INFOMANIAK_TOKEN"),
    ],
)
def test_local_mode_is_for_this_machine_alone_and_acts_at_no_real_provider(given: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        from_environment({"CHANGE_MODE": "local"} | given, NOWHERE)


def test_the_environment_wins_over_the_env_file(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("CHANGE_MODE=local\nCHANGE_PORT=1000\n")
    settings = from_environment({"CHANGE_PORT": "2000"}, dotenv)
    assert (settings.mode, settings.port) == ("local", 2000)


def test_the_examples_can_be_read() -> None:
    for path in (Path("local/services.toml"), Path("deploy/services.example.toml")):
        service = load_services(path).catalogue.service("learn")
        assert service.vps.name == "Hannibal"
        assert service.policy.lead_days == 21
        assert service.freezes[0].name == "January exams"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not toml", "is not valid TOML"),
        (SERVICE + SERVICE, "two services have the same key"),
        (with_('timezone = "Sion"'), "timezone is 'Sion'; that is no time zone"),
        (with_('colour = "red"'), "learn: colour: there is no such setting; docs/settings.md lists them all"),
        (SERVICE + 'disk = "system"\n', r"learn: vps\.disk is 'system'; only the data disk is snapshotted"),
        (SERVICE + '[vps_api.words]\ndata_disk = "system"\n', "vps_api.*Only the data disk may be snapshotted"),
        (SERVICE + '[vps_api.bodies.create]\nname = "{name}"\n', "vps_api.*has to say which disk"),
        (SERVICE + '[vps_api.paths]\nsnapshot = "/2/vps"\n', r"vps_api\.paths\.snapshot"),
        (SERVICE + '[vps_api.bodies.create]\ndisk = "{disk}"\n', "vps_api.*has to say the snapshot's name"),
        (SERVICE + '[vps_api.paths]\nsnapshots = "/2/vps/{id}"\n', r"vps_api.*snapshots is .*has to have \{vps_id\}"),
        (SERVICE + '[vps_api.paths]\ntask = "/tasks/{uuid"\n', r"vps_api.*task is .*has to have \{uuid\}"),
        (SERVICE + '[vps_api.paths]\naccounts = "https://else.example"\n', "vps_api.*begin with a slash"),
        (SERVICE + '[vps_api.paths]\nrestore = "/2/vps/{vps_id}/restore"\n', "vps_api.*say from which snapshot"),
        (POLICY + "lead_days = -1\n", r"learn: policy\.lead_days is -1; write a whole number from 0 to 366"),
        (mailing('"a@x.ch", {address = "b@x.ch", language = "it"}'), r"learn: mail 2\.language is 'it'; write one of"),
        (with_('approver_mail = "Anne"'), "approver_mail is 'Anne'; that is no mail address"),
        (closing("{from = 2027-12-24, to = 2027-12-20}"), r"closed 1\.to is 2027-12-20; that is before from"),
        (closing("{from = 2027-12-24, to = 2037-12-20}"), r"closed 1\.to is .* is more than a year after from"),
        (closing('"24.12.2027"'), r"closed 1 is .*; write a day as 2027-12-24, without quotes"),
        (closing("{from = 2027-12-24}"), r"closed 1\.to is missing"),
        (closing("9999-12-31"), r"closed 1\.from is 9999-12-31; write a day of the years 2000 to 2199"),
        (mailing(""), "learn: notify: it names mail, but nobody stands under mail"),
    ],
)
def test_a_wrong_services_file_is_named_with_the_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        loaded(tmp_path, text)


def test_a_recipient_may_have_a_language_of_its_own_and_an_approver_an_address(tmp_path: Path) -> None:
    text = mailing('"a@x.ch", {address = "b@x.ch", language = "de"}')
    text = text.replace("[service.vps]", 'approver_mail = "anne@x.ch"\n[service.vps]')
    service = loaded(tmp_path, text).catalogue.service("learn")
    assert service.mail == (Recipient("a@x.ch"), Recipient("b@x.ch", "de"))
    assert service.approver_mail == "anne@x.ch"


def test_a_service_has_closed_days_of_its_own_single_ones_and_times(tmp_path: Path) -> None:
    text = closing("2027-04-01, {from = 2027-07-26, to = 2027-08-06}")
    service = loaded(tmp_path, text).catalogue.service("learn")
    assert len(service.closed) == 13
    closed = (date(2027, 4, 1), date(2027, 7, 26), date(2027, 7, 30), date(2027, 8, 6))
    assert not any(service.is_working(day) for day in closed)
    assert all(service.is_working(day) for day in (date(2027, 3, 31), date(2027, 7, 23), date(2027, 8, 9)))


def test_other_programs_follow_the_services_that_they_are_set_for(tmp_path: Path) -> None:
    text = f"""
[service.monitoring]
started = "http://own.example.ch/started"
{SERVICE.replace('"learn"', '"forum"').replace('"Learn"', '"Forum"')}
[[webhook]]
name = "every"
url = "https://ci.example.ch/every"
[[webhook]]
name = "some"
url = "https://ci.example.ch/some"
[monitoring]
ended = "http://all.example.ch/ended"
"""
    read = loaded(tmp_path, SERVICE + text)
    learn, forum = (read.catalogue.services[key].tools for key in ("learn", "forum"))
    assert learn == forum == Tools(("every", "some"), has_silences=True)
    assert {key: (each.started, each.ended) for key, each in read.monitoring.items()} == {
        "learn": ("http://own.example.ch/started", ""),
        "forum": ("", "http://all.example.ch/ended"),
    }


def test_how_the_vps_api_is_spoken_to_is_configuration(tmp_path: Path) -> None:
    text = """
[vps_api]
account_id = "1234"
snapshot_limit = 3
[vps_api.paths]
snapshots = "/2/vps/{vps_id}/backups"
[vps_api.bodies.create]
label = "before {name}, {who}"
target = "{disk}"
quiesce = true
[vps_api.words]
data_disk = "data-volume"
[vps_api.words.snapshot]
ready = "succeeded"
"""
    settings = loaded(tmp_path, SERVICE + text).tables["vps_api"]
    assert isinstance(settings, VpsApiSettings)
    assert (settings.account_id, settings.snapshot_limit, settings.service_name) == ("1234", 3, "vps")
    assert settings.paths.snapshots == "/2/vps/{vps_id}/backups"
    body = settings.bodies.filled(settings.bodies.create, "CHG-1", settings.words.data_disk)
    assert body == {"label": "before CHG-1, {who}", "target": "data-volume", "quiesce": True}
    assert settings.words.snapshot == {"ready": OperationState.SUCCEEDED}
    assert loaded(tmp_path, SERVICE).tables == {}


def test_the_example_of_the_vps_api_is_what_stands_in_the_code(tmp_path: Path) -> None:
    shown = Path("deploy/services.example.toml").read_text(encoding="utf-8")
    table = shown[shown.index("# [vps_api]") :]
    found = loaded(tmp_path, SERVICE + re.sub(r"(?m)^# ?", "", table))
    assert found.tables == {"vps_api": VpsApiSettings()}


def test_a_missing_services_file_says_where_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"copy deploy/services\.example\.toml there"):
        load_services(tmp_path / "services.toml")


def test_the_numbers_of_the_process_can_be_changed_for_one_service(tmp_path: Path) -> None:
    policy = loaded(tmp_path, SERVICE + "[service.policy]\nlead_days = 10\n").catalogue.service("learn").policy
    assert (policy.lead_days, policy.precheck_days) == (10, 14)
