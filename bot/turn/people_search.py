"""The search in a field of a card: Teams asks while somebody types, and lists what is answered below the field.

Only names the person could read in the form anyway are found, and nothing is written but the answer.
"""

from collections.abc import Sequence
from typing import Any

from application.input_parsing.people import distinct_names, people_called
from application.session import UserSession
from bot.sdk import Activity, ActivityTypes
from cards.elements.lengths import shortened
from cards.request.form import LONGEST_NAME, PEOPLE
from changes.model import Person

SEARCH = "application/search"
"""The name of the invoke."""
LONGEST_QUERY = 200
AT_ONCE = 15
"""Maximum number of people in an answer: Teams lists no more."""


def is_search(activity: Activity) -> bool:
    """Whether somebody types in a field that is searched."""
    return bool(activity.type == ActivityTypes.invoke and activity.name == SEARCH)


async def find_people(session: UserSession, activity: Activity) -> list[Person]:
    """Whoever is called like what was typed; everybody while nothing is; nobody where the field is not for people."""
    value = activity.value if isinstance(activity.value, dict) else {}
    if value.get("dataset") != PEOPLE:
        return []
    people, typed = await session.people(), str(value.get("queryText") or "")[:LONGEST_QUERY].strip()
    return people_called(typed, people) if typed else [person for person in people if person.name]


def search_body(activity: Activity, people: Sequence[Person] = ()) -> dict[str, Any]:
    """The answer, with the part of it that Teams asks for."""
    options = activity.value.get("queryOptions") if isinstance(activity.value, dict) else None
    asked = options.get("skip") if isinstance(options, dict) else 0
    skip = asked if isinstance(asked, int) and asked > 0 else 0
    labels = distinct_names(people)
    results = [
        {"value": person.id, "title": shortened(labels[person.id], LONGEST_NAME)}
        for person in people[skip : skip + AT_ONCE]
    ]
    return {"type": "application/vnd.microsoft.search.searchResponse", "value": {"results": results}}
