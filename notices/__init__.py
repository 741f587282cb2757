"""What is sent to the people a change affects: templates in three languages, one source of facts, and the mail."""

from notices.graph import GraphMailbox, open_mail_client
from notices.graph_token import GraphToken
from notices.letter import Letter
from notices.mailbox import Letters, Mail, Mailbox, NoMailbox
from notices.post import Post
from notices.wording import BrokenTemplate, Wording

__all__ = [
    "BrokenTemplate",
    "GraphMailbox",
    "GraphToken",
    "Letter",
    "Letters",
    "Mail",
    "Mailbox",
    "NoMailbox",
    "Post",
    "Wording",
    "open_mail_client",
]
