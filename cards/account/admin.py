"""What an admin looks at: what waits, what could not be delivered and why, and who was refused what."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from microsoft_teams.cards import Action, ActionSet, CardElement

from application.input_parsing.card_action import COMMAND_FOR_VERB
from application.ports import DISABLED_WEBHOOK, MOST_COUNTED, AccessDenial, DeadLetter
from cards.elements.blocks import label, range_shown, text_block, user_text
from cards.elements.controls import admin_button, render_card
from cards.elements.header import page_header
from cards.elements.lengths import shortened
from cards.elements.table import tiles
from changes.deliveries import delivery
from changes.effects import Effect
from changes.model import Person
from changes.policy import Service
from changes.text.messages import joined
from language import _, labelled, moment_text, n_, translate

MOST, MOST_REFUSED = 5, 5
LONGEST_NAME = 40
"""Characters of a webhook's name."""


def admin_card(
    dead: Sequence[DeadLetter],
    refusals: tuple[Sequence[AccessDenial], int, int],
    waiting: tuple[int, datetime | None],
    services: Mapping[str, Service],
    said: str = "",
    overdue: tuple[int, datetime | None] = (0, None),
    disabled: Sequence[str] = (),
) -> dict[str, Any]:
    """The list, the oldest of what was given up first; `said` is what came of the button that was pressed.

    `refusals` are those of a page, its number, and how many there are in all, counted up to MOST_COUNTED. `overdue` are
    the changes with steps that should have happened: how many, and since when the oldest waits. `disabled` are settings
    that say which webhooks want nothing more.
    """
    zone = next(iter(services.values())).zone
    count, oldest = waiting
    healthy = _("All deliveries succeeded ✓") if not dead else _("Some deliveries failed")
    body: list[CardElement] = page_header(_("Bot health"), text_block(healthy, bold=True))
    if said:
        body.append(text_block(said, bold=True))
    numbers = ((_("Pending"), count), (_("Failed"), len(dead)), (_("Denied actions"), refusals[2]))
    body += tiles(*((name, str(number)) for name, number in numbers))
    if oldest is not None:
        sentence = n_(
            "One message has been pending since {when}.",
            "{n} messages are pending, the oldest since {when}.",
            count,
            when=moment_text(oldest, zone),
        )
        body.append(text_block(sentence, subtle=True))
    if overdue[1] is not None:
        body.append(text_block(overdue_text(overdue[0], overdue[1], zone), colour="Attention"))
    for name in (shortened(each.removeprefix(DISABLED_WEBHOOK), LONGEST_NAME) for each in disabled[:MOST]):
        gone = _("The webhook **{name}** answered 410 (gone): nothing is sent to it until you enable it.", name=name)
        body += [text_block(gone), ActionSet(actions=[admin_button(_("Enable"), f"admin enable {name}")])]
    if dead:
        body.append(label(_("Failed deliveries")))
    for each in dead[:MOST]:
        body += _undelivered(each, zone)
    if len(dead) > MOST:
        more = len(dead) - MOST
        body.append(text_block(n_("And one more.", "And {n} more.", more), subtle=True))
        body.append(ActionSet(actions=[admin_button(_("Resend all"), "admin again all")]))
    return render_card(body + _refused(*refusals, zone))


def overdue_text(count: int, oldest: datetime, zone: ZoneInfo) -> str:
    """What an admin is told of steps that should have happened: of so many changes, the oldest due then."""
    return n_(
        "**The next step of one change has been overdue** since {when}: reminders, snapshots and notices may be "
        "missing. Check that the bot's worker is running, and read its log.",
        "**The next steps of {n} changes have been overdue**, the oldest since {when}: reminders, snapshots and "
        "notices may be missing. Check that the bot's worker is running, and read its log.",
        count,
        when=moment_text(oldest, zone),
    )


def _refused(refused: Sequence[AccessDenial], page: int, count: int, zone: ZoneInfo) -> list[CardElement]:
    if not refused:
        return []
    body: list[CardElement] = [label(_("Denied actions"))]
    for one in refused:
        when = moment_text(one.at, zone)
        wanted = f"/change {COMMAND_FOR_VERB.get(one.what, one.what)}"
        body += user_text(labelled(one.person.name or one.person.id, wanted))
        body.append(text_block(joined(one.change, when, translate(one.sentence), by=" · "), subtle=True))
    first = (page - 1) * MOST_REFUSED + 1
    if count > MOST_REFUSED:
        body.append(range_shown(first, len(refused), count, is_least=count >= MOST_COUNTED))
    turns: list[Action] = [
        admin_button(title, f"admin refusals {to}")
        for title, to, is_there in (
            (_("Previous page"), page - 1, page > 1),
            (_("Next page"), page + 1, page * MOST_REFUSED < count),
        )
        if is_there
    ]
    return [*body, ActionSet(actions=turns)] if turns else body


def _undelivered(each: DeadLetter, zone: ZoneInfo) -> list[CardElement]:
    about = f"{each.effect.change} · " if each.effect.change else ""
    again = admin_button(_("Resend"), f"admin again {each.id}")
    drop = admin_button(_("Dismiss"), f"admin drop {each.id}")
    what = text_block(f"{about}{what_it_is(each.effect)}", bold=True)
    return [
        what.model_copy(update={"spacing": "Medium"}),
        *user_text(translate(each.error)),
        text_block(_("Given up on {when}", when=moment_text(each.at, zone)), subtle=True),
        ActionSet(actions=[again, drop]),
    ]


def what_it_is(effect: Effect) -> str:
    """The effect in a few words, for somebody who has to decide whether it still matters."""
    to = getattr(effect, "to", "")
    name = (to.name or to.id) if isinstance(to, Person) else getattr(to, "address", to)
    return _(delivery(effect).what, name=name, to=name)
