"""The people and places of local mode, the same as in the Playground's own file: everybody has a name at once."""

from application.ports import Binding, UnitOfWorkFactory, UserProfile
from changes.model import Person

TENANT = "00000000-0000-0000-0000-000000000001"
BOT = "28:00000000-0000-0000-0000-000000000011"
TEAM = "19:isc-learn@thread.tacv2"
CHANNEL = "19:changes@thread.tacv2"
NAMES = ("Nadia Favre", "Pierre André", "Claire Rey", "Luc Bonvin", "Sam Keller", "Eva Moret")

PEOPLE = tuple(
    UserProfile(Person(f"00000000-0000-0000-0000-0000000000{20 + number}", name), f"user-id-{number}")
    for number, name in enumerate(NAMES)
)


async def register_demo_users(units: UnitOfWorkFactory) -> None:
    """Let the bot know everybody, so that `/as NAME` works from the start."""
    async with units() as unit:
        await unit.people.upsert(PEOPLE)


async def bind(units: UnitOfWorkFactory, service: str, playground_url: str) -> None:
    """Bind the service to the Playground's channel, unless somebody bound it elsewhere."""
    async with units() as unit:
        if await unit.bindings.get(service) is None:
            url = f"{playground_url}/_connector"
            await unit.bindings.put(Binding(service, url, CHANNEL, True, TENANT, TEAM, BOT))
