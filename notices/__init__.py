"""What is sent to the people a change affects: templates in three languages, one source of facts."""

from notices.wording import BrokenTemplate, Wording

__all__ = ["BrokenTemplate", "Wording"]
