"""What the manifest says: the app's names, where it can be installed, and the commands Teams offers."""

from typing import Any

VERSION = "1.30"
SCHEMA = f"https://developer.microsoft.com/json-schemas/teams/v{VERSION}/MicrosoftTeams.schema.json"
COMMANDS = (
    ("new", "Request a change"),
    ("list", "Show the open changes"),
    ("show", "Show one change with its history"),
    ("edit", "Change a plan"),
    ("move", "Give a change another date"),
    ("cancel", "Withdraw a change"),
    ("postpone", "Give up a window"),
    ("start", "Start the work"),
    ("done", "End the work"),
    ("bind", "Carry a service's changes in this channel"),
    ("help", "What you can type"),
)
"""The commands Teams offers, at most twelve; the rest can be typed all the same."""


def content(app_id: str, public_url: str, version: str = "0.1.0") -> dict[str, Any]:
    """The manifest of the app `app_id`, whose pages for people lie at `public_url`."""
    listed = [{"title": f"change {name}", "description": said} for name, said in COMMANDS]
    return {
        "$schema": SCHEMA,
        "manifestVersion": VERSION,
        "version": version,
        "id": app_id,
        "developer": {
            "name": "Change bot",
            "websiteUrl": public_url,
            "privacyUrl": public_url,
            "termsOfUseUrl": public_url,
        },
        "name": {"short": "Change bot", "full": "Change bot: from the idea to the review"},
        "description": {
            "short": "Carries a change of a service from the idea to the review.",
            "full": (
                "Asks for the pre-check two weeks before and for GO one week before, announces and reminds, takes the "
                "data snapshot on the day, keeps the deadline and asks for the review. Nobody has to remember it."
            ),
        },
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": "#4762AD",
        "bots": [
            {
                "botId": app_id,
                "scopes": ["personal", "team", "groupChat"],
                "isNotificationOnly": False,
                "supportsTargetedMessages": True,
                "commandLists": [
                    {
                        "scopes": ["personal", "team", "groupChat"],
                        "triggers": ["mention", "slash"],
                        "commands": listed,
                    }
                ],
            }
        ],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [],
    }
