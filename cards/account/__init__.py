"""What is one person's, or an admin's: help, absences, the bot's health."""
