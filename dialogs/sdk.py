"""The Bot Framework's SDK, which is archived, as far as the bot uses it.

The rest of it reads dates and numbers in eight languages, and calls services that nobody here calls: it is not loaded.
"""

from lazy_packages import import_names_alone

import_names_alone(
    *("msrest", "botframework.connector"),
    *("botbuilder.core", "botbuilder.dialogs", "botbuilder.dialogs.memory", "botbuilder.dialogs.memory.scopes"),
)

from botbuilder.core import StatePropertyAccessor, TurnContext
from botbuilder.dialogs import (
    Dialog,
    DialogContext,
    DialogInstance,
    DialogSet,
    DialogState,
    DialogTurnResult,
)
from botbuilder.schema import Activity, ActivityTypes, Attachment, ChannelAccount, ConversationAccount, Entity
