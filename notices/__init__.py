"""What is sent to the people a change affects: templates in three languages, one source of facts, and the mail."""

from notices.graph import GraphMailbox, GraphToken, Token, open_mail_client
from notices.mailbox import Mail, Mailbox, MailRenderer, NoMailbox
from notices.mailer import Mailer
from notices.rendered_mail import RenderedMail
from notices.renderer import BrokenTemplate, NoticeRenderer
