"""Under which name each event and effect is stored. A class may be renamed or moved; what it is stored as stays."""

from collections.abc import Mapping

from changes import effects
from changes.effects import Effect
from changes.events import Event
from changes.events.names import EVENTS

EFFECTS: Mapping[str, type[Effect]] = {
    "begin_restore": effects.BeginRestore,
    "begin_snapshot": effects.BeginSnapshot,
    "call_webhook": effects.CallWebhook,
    "follow_by_hand": effects.FollowByHand,
    "mail_notice": effects.MailNotice,
    "meet_team": effects.SyncTeamMembers,
    "play_rehearsal": effects.PlayRehearsal,
    "preflight": effects.Preflight,
    "reply": effects.Reply,
    "send_digest": effects.SendDigest,
    "send_notice": effects.SendNotice,
    "show_card": effects.UpsertCard,
    "show_copy": effects.UpsertPersonalCard,
    "show_status": effects.UpsertStatusCard,
    "sync_silence": effects.SyncSilence,
    "tell": effects.PostThreadMessage,
    "tell_owner": effects.TellOwner,
    "tell_person": effects.TellPerson,
    "write_wiki_index": effects.WriteWikiIndex,
    "write_wiki_page": effects.WriteWikiPage,
}
FORMER: Mapping[str, str] = {"".join(map(str.capitalize, name.split("_"))): name for name in (*EVENTS, *EFFECTS)}
"""The names up to schema 0010, when each was that of its class: by them what was stored then is still read."""
_NAMES: Mapping[type, str] = {
    **{kind: name for name, kind in EVENTS.items()},
    **{kind: name for name, kind in EFFECTS.items()},
}


def stored_name(value: Event | Effect) -> str:
    """The name that is stored beside the value. Raises KeyError for a class that has none yet."""
    return _NAMES[type(value)]
