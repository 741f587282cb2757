"""Bot Framework dialogs: they collect what a command needs, and survive a restart as plain JSON."""
