"""The Teams app package: what an administrator uploads so that people can talk to the bot."""
