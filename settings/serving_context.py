"""What services.toml has to fit to, where a bot serves people with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from infomaniak.provider_entry import ProviderAccess
from infomaniak.registry import PROVIDERS


@dataclass(frozen=True, slots=True)
class ServingContext:
    """Whether mails can be sent, and what the environment says about providers, by variable.

    Where there are any, the people in the file are real ones, and somebody is an admin.
    """

    can_mail: bool
    providers: Mapping[str, str]

    def missing(self, backend: str, document: Mapping[str, object], file: str) -> str:
        """What that backend needs beside them and the tables of the document, as words after it; empty for nothing."""
        return PROVIDERS[backend].missing(ProviderAccess(self.providers, document, file))
