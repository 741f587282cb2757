"""Why a page is not shown to whoever asked for it."""


class NotSignedIn(Exception):
    """Nobody can be told from the request; the message is a sentence for the reader, answered with HTTP `status`."""

    status = 401


class NotServed(NotSignedIn):
    """It is told who asks, and they are not among those whom this bot serves."""

    status = 403
