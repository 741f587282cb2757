"""By which ways people were told, and how many of each."""

from language import _, n_


def reached(mails: int, *, posted: bool, chats: int = 0) -> str:
    """For example “in Teams and by mail to 2 addresses”; empty where nobody was reached."""
    ways = [
        _("in Teams") if posted else "",
        n_("in one personal chat", "in {n} personal chats", chats) if chats else "",
        n_("by mail to one address", "by mail to {n} addresses", mails) if mails else "",
    ]
    *others, last = [each for each in ways if each] or [""]
    said = others[0] if others else ""
    for each in others[1:]:
        said = _("{ways}, {way}", ways=said, way=each)
    return _("{ways} and {way}", ways=said, way=last) if said else last
