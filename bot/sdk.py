"""The Bot Framework as the bot uses it: the only module beside `dialogs/` that imports the SDK, which is archived."""

from botbuilder.core import BotAdapter, TurnContext
from botbuilder.schema import Activity, ActivityTypes, ConversationReference
