"""All that the bot is started with, the environment and services.toml, and whatever is wrong in either."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from settings.environment import DOTENV, read_environment
from settings.model import NAMES, Settings
from settings.services_file import Services, load_services
from settings.serving_context import ServingContext
from settings.values import SettingsError

_OF_PROVIDERS = frozenset(each.metadata["variable"] for each in fields(Settings) if each.metadata["provider"])


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings, and the services that they name."""

    settings: Settings
    services: Services


def load_configuration(environ: Mapping[str, str] | None = None, dotenv: Path = DOTENV) -> Configuration:
    """What is set, in the environment and in the file of the services.

    Raises SettingsError with a sentence for each mistake in either, and for what does not fit together.
    """
    settings = checked_settings(environ, dotenv)
    return Configuration(settings, services_of(settings))


def checked_settings(environ: Mapping[str, str] | None = None, dotenv: Path = DOTENV) -> Settings:
    """The environment alone; what is wrong with the services is said only where something is wrong there too."""
    read = read_environment(environ, dotenv)
    if not read.mistakes:
        return read.settings
    sentences = list(read.mistakes.values())
    if NAMES["services"] not in read.mistakes:
        try:
            services_of(read.settings, read.mistakes)
        except SettingsError as error:
            sentences += error.sentences
    raise SettingsError(*sentences)


def services_of(settings: Settings, wrong: Container[str] = ()) -> Services:
    """The services as the bot of these settings serves them. Raises SettingsError, also for what does not fit to them.

    A variable that is `wrong` was meant to be set.
    """
    services = _loaded(settings, wrong)
    if lacking := [each for variable, each in _lacking(settings, services) if variable not in wrong]:
        raise SettingsError(*(f"{settings.services}: {each}" for each in lacking))
    return services


def _lacking(settings: Settings, services: Services) -> Iterator[tuple[str, str]]:
    """What other programs need of the environment and is not there, by variable."""
    secrets, token = NAMES["webhook_secrets"], NAMES["wiki_token"]
    for each in services.webhooks:
        if each.name not in settings.webhook_secrets:
            yield secrets, f"webhook {each.name} needs a secret; set it in {secrets}."
    if services.wiki and services.wiki.api == "xml" and ":" not in settings.wiki_token:
        yield token, f"wiki needs who writes it; set {token} to their name, a colon and their password."
    elif services.wiki and not settings.wiki_token:
        yield token, f"wiki needs a token; set it in {token}."


def _loaded(settings: Settings, wrong: Container[str]) -> Services:
    if settings.local or NAMES["mode"] in wrong:
        return load_services(settings.services)
    meant = {name: "" for name in _OF_PROVIDERS if name in wrong}
    can_mail = bool(settings.graph_sender) or NAMES["graph_sender"] in wrong
    return load_services(settings.services, ServingContext(can_mail, settings.of_providers() | meant))
