"""Who is told of a change by mail: the service's people, its approver, and those whom the change itself names."""

import re
from collections.abc import Iterable

from changes.model import Change
from changes.policy import Recipient, Service

_ATOM, _LABEL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+", r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
ADDRESS = rf"^{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+$"
"""One address, as it goes over the wire: no name around it, no second one behind it."""
LONGEST_ADDRESS = 254
MOST_NAMED = 20
"""Maximum number of addresses that one change may name."""


def recipients(change: Change, service: Service) -> tuple[Recipient, ...]:
    """Everybody who gets the notices of the change by mail, each once.

    An address of the service's own has the language that it has there; the others read every language of the service.
    """
    approver = (service.approver_mail,) if service.approver_mail else ()
    named = each_once((*approver, *change.plan.notify), tuple(each.address for each in service.mail))
    return (*service.mail, *map(Recipient, named))


def mailed_anyway(service: Service) -> tuple[str, ...]:
    """The addresses that hear of every change of the service."""
    own = tuple(each.address for each in service.mail)
    return (*own, service.approver_mail) if service.approver_mail else own


def each_once(addresses: Iterable[str], known: Iterable[str] = ()) -> tuple[str, ...]:
    """The addresses without those that are known and without their doubles, whatever their capitals."""
    met = {each.casefold() for each in known}
    kept = []
    for address in addresses:
        if address.casefold() not in met:
            met.add(address.casefold())
            kept.append(address)
    return tuple(kept)


def is_address(text: str) -> bool:
    """Whether the text is one mail address and nothing else."""
    return len(text) <= LONGEST_ADDRESS and re.fullmatch(ADDRESS, text) is not None
