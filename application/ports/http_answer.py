"""What was answered to an HTTP call of ours, whoever made it."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """The answer; of a body that is too large for the caller, the beginning."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether it was done. A redirection is none: it would lead to where nobody looked."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES
