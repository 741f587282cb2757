"""What the manifest says: Microsoft's schema takes it, and it offers what the bot understands."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from application.input_parsing.card_action import COMMAND_FOR_VERB
from bot.commands.command_parser import parse_command
from bot.commands.registry import HANDLERS
from bot.turn.dialog_answers import COMMANDS
from manifest.content import TEMPLATE, BadInput, Pages, content

APP = "11111111-2222-3333-4444-55555555AbCd"
PAGES = Pages("https://change.example.ch/about", "https://example.ch/privacy", "https://example.ch/terms")
Edit = Callable[[dict[str, Any]], None]


def manifest_of(pages: Pages = PAGES) -> dict[str, Any]:
    return content(APP, pages)[0]


def lists_of(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    lists: list[dict[str, Any]] = manifest["bots"][0]["commandLists"]
    return lists


def titles_of(listed: dict[str, Any]) -> list[str]:
    return [command["title"] for command in listed["commands"]]


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[Edit], Path]:
    """A template of one's own, made from ours by an edit."""

    def make(edit: Edit) -> Path:
        written = json.loads(TEMPLATE.read_text(encoding="utf-8"))
        edit(written)
        path = tmp_path / "manifest.json"
        path.write_text(json.dumps(written), encoding="utf-8")
        return path

    return make


def test_microsofts_schema_has_no_objection_and_every_placeholder_is_filled_in(schema: Draft4Validator) -> None:
    made = manifest_of()
    assert [error.message for error in schema.iter_errors(made)] == []
    assert made["id"] == made["bots"][0]["botId"] == APP.lower(), "the app and its bot are the same registration"
    assert [leaf for leaf in leaves(made) if "{" in str(leaf)] == []
    assert addresses_of(made) == [PAGES.website, PAGES.privacy, PAGES.terms]
    assert addresses_of(manifest_of(Pages(PAGES.website))) == [PAGES.website] * 3
    project = tomllib.loads((TEMPLATE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    assert made["version"] == project["project"]["version"]


def test_the_pages_are_tabs_where_the_bots_own_address_is_given(schema: Draft4Validator) -> None:
    assert manifest_of()["validDomains"] == []
    assert {"staticTabs", "configurableTabs", "webApplicationInfo"}.isdisjoint(manifest_of())
    made = manifest_of(Pages(PAGES.website, bot="https://change.example.ch:8443/"))
    assert [error.message for error in schema.iter_errors(made)] == []
    assert [leaf for leaf in leaves(made) if "{" in str(leaf)] == []
    resource = f"api://change.example.ch/botid-{APP.lower()}"
    assert (made["webApplicationInfo"], made["validDomains"]) == (
        {"id": APP.lower(), "resource": resource},
        ["change.example.ch"],
    )
    tabs = [*made["staticTabs"], *made["configurableTabs"]]
    assert {each.get("contentUrl") or each["configurationUrl"] for each in tabs} == {
        f"https://change.example.ch:8443/{page}" for page in ("calendar", "tasks", "calendar/tab")
    }
    with pytest.raises(BadInput, match="https"):
        manifest_of(Pages(PAGES.website, bot="http://change.example.ch"))


def addresses_of(manifest: dict[str, Any]) -> list[str]:
    return [manifest["developer"][f"{page}Url"] for page in ("website", "privacy", "termsOfUse")]


def test_the_manifest_is_of_the_newest_version_that_microsofts_package_carries(schemas: Path) -> None:
    numbered = [tuple(map(int, each.name[1:].split("."))) for each in schemas.iterdir() if each.name[1:2].isdigit()]
    assert manifest_of()["manifestVersion"] == ".".join(map(str, max(numbered)))


def test_it_is_for_a_person_first_and_for_private_and_shared_channels_too() -> None:
    made = manifest_of()
    assert made["defaultInstallScope"] in made["bots"][0]["scopes"]
    assert made["defaultGroupCapability"] == {"team": "bot", "groupchat": "bot"}
    assert made["supportsChannelFeatures"] == "tier1"


def leaves(node: Any) -> list[Any]:
    if isinstance(node, dict | list):
        return [leaf for each in (node.values() if isinstance(node, dict) else node) for leaf in leaves(each)]
    return [node]


RARELY_TYPED = {"admin", "allow", "assign", "language", "ledger", "rehearse", "repeat", "series", "template", "unknown"}
"""A list takes twelve commands: these are on the help card only, as are those that stand on a card as buttons."""
PART_OF_THE_APP = {"export"}
"""Carried out by what the composition root adds."""


def test_teams_offers_the_commands_that_the_bot_carries_out_but_for_the_rare_ones() -> None:
    offered = {title.removeprefix("change ") for listed in lists_of(manifest_of()) for title in titles_of(listed)}
    assert offered <= set(HANDLERS) | PART_OF_THE_APP
    assert offered >= (set(HANDLERS) - RARELY_TYPED - set(COMMAND_FOR_VERB.values())) | PART_OF_THE_APP
    assert offered >= {"show", "start", "done", "trouble", "extend", "incident", "restore"}, "what cannot wait"


def test_every_offered_command_is_understood_as_itself() -> None:
    for listed in lists_of(manifest_of()):
        for title in titles_of(listed):
            order = parse_command(title)
            assert order is not None
            assert f"change {order.name}" == title


def test_every_example_in_a_description_is_understood_as_the_command_it_explains() -> None:
    examples = [
        (command["title"], command["description"].partition(": ")[2])
        for listed in lists_of(manifest_of())
        for command in listed["commands"]
        if ": " in command["description"]
    ]
    assert len(examples) > 10
    for title, example in examples:
        order = parse_command(example)
        assert order is not None
        assert (f"change {order.name}", bool(order.rest)) == (title, True)


def test_each_place_has_one_list_with_commands_by_mention_and_slash() -> None:
    made = manifest_of()
    places = [place for listed in lists_of(made) for place in listed["scopes"]]
    assert sorted(places) == sorted(made["bots"][0]["scopes"]) == ["groupChat", "personal", "team"]
    assert made["bots"][0]["supportsTargetedMessages"] is True
    for listed in lists_of(made):
        assert listed["triggers"] == ["mention", "slash"]
        assert len(set(titles_of(listed))) == len(listed["commands"]) <= 12
        assert ("change bind" in titles_of(listed)) <= ("personal" not in listed["scopes"]), "it binds a channel"


def test_the_commands_of_the_extension_open_the_dialogs_that_the_bot_answers() -> None:
    (extension,) = manifest_of()["composeExtensions"]
    beside, of_message = extension["commands"]
    assert extension["botId"] == APP.lower()
    assert [each["id"] for each in extension["commands"]] == [*COMMANDS]
    assert {(each["type"], each["fetchTask"]) for each in extension["commands"]} == {("action", True)}
    assert (beside["context"], beside["triggers"]) == (["compose", "commandBox"], ["slash"])
    assert of_message["context"] == ["message"]


def test_addresses_unfold_where_the_bots_pages_are_and_nowhere_else() -> None:
    assert "messageHandlers" not in manifest_of()["composeExtensions"][0]
    (handler,) = content(APP, Pages("https://example.ch", bot="https://change.example.ch/"))[0]["composeExtensions"][0][
        "messageHandlers"
    ]
    value = {"domains": ["change.example.ch"], "supportsAnonymizedPayloads": False}
    assert handler == {"type": "link", "value": value}, "whoever has not installed the bot is shown nothing"


def commands_of_dialogs(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    commands: list[dict[str, Any]] = manifest["composeExtensions"][0]["commands"]
    return commands


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda made: made["name"].update(short="A" * 31), r"name\.short has 31 characters.* at most 30"),
        (lambda made: made["name"].update(short=""), r"name\.short has 0 characters"),
        (lambda made: made["description"].update(short="A" * 81), r"description\.short has 81 characters.* at most 80"),
        (lambda made: made["developer"].update(name="A" * 33), r"developer\.name has 33 characters.* at most 32"),
        (lambda made: made["developer"].pop("name"), r"'name' is missing"),
        (lambda made: lists_of(made)[0]["commands"].append({"title": "a", "description": "b"}), "13 commands"),
        (lambda made: lists_of(made)[0]["commands"][0].update(title="a" * 33), "33 characters"),
        (lambda made: lists_of(made)[0]["commands"][0].update(description="a" * 129), "129 characters"),
        (lambda made: lists_of(made)[0]["scopes"].append("team"), "two command lists are for team"),
        (lambda made: made["composeExtensions"][0].update(botId="x"), "another bot's"),
        (lambda made: commands_of_dialogs(made)[0].update(id="edit"), "answers no command 'edit'"),
        (lambda made: commands_of_dialogs(made)[0].update(type="query"), "'new' opens a dialog"),
        (lambda made: commands_of_dialogs(made)[0].pop("fetchTask"), r"opens a dialog: .* fetchTask is true"),
        (lambda made: commands_of_dialogs(made)[0].update(title="a" * 34), "34 characters"),
        (lambda made: made["localizationInfo"]["additionalLanguages"][0].pop("file"), "'file' is missing"),
    ],
)
def test_a_template_of_ones_own_is_told_what_teams_would_refuse(
    edited: Callable[[Edit], Path], edit: Edit, said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        content(APP, PAGES, edited(edit))


def test_a_template_that_is_no_json_is_told_where(tmp_path: Path) -> None:
    broken = tmp_path / "manifest.json"
    broken.write_text('{"name": }', encoding="utf-8")
    with pytest.raises(BadInput, match=r"manifest\.json is not valid JSON: .* line 1"):
        content(APP, PAGES, broken)
