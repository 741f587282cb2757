"""What is set from outside: the environment, `.env` and services.toml, read into typed values or refused by name."""

from settings.configuration import Configuration, checked_settings, load_configuration, services_of
from settings.environment import from_environment
from settings.model import LOCAL_SERVICES, Mode, Role, Settings
from settings.services_file import Services, load_services
from settings.values import SettingsError
