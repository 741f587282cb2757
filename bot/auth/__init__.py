"""Who calls the bot, and how the bot calls: tokens, their keys, signed addresses."""
