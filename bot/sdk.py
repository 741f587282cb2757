"""The Bot Framework as the bot uses it: beside `dialogs/` nobody imports the SDK, which is archived."""

from dialogs.sdk import (
    Activity,
    ActivityTypes,
    Attachment,
    ChannelAccount,
    ConversationAccount,
    Entity,
    TurnContext,
)
