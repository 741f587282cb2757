"""A mail goes out once, in order, and the ledger says what came of it: whatever Graph does."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from random import Random

import pytest

from application.ports import OutcomeUnknown, PermanentError, RetryableError
from changes.delivery_log import DeliveryStatus
from changes.policy import Recipient
from notices.mailbox import name_of
from tests.contract.subjects import saved, scheduled
from tests.integration.mail.conftest import EVERYBODY, FormLetter, Office
from tests.support.autocommit import autocommit
from tests.support.graph import SENDER, Accepted, Fault, Habits


async def test_a_mail_that_graph_takes_is_in_the_ledger_with_the_text_the_page_and_the_calendar_entry_in_it(
    office: Office,
) -> None:
    await office.deliver(office.mail())
    [told] = await office.ledger()
    assert (told.to, told.result, told.why, told.notice) == ("learn@example.ch", DeliveryStatus.SENT, "", "planned")
    assert office.graph.calls == ["send"], "nothing is looked for without need"
    [mail] = office.graph.accepted
    message = mail.message
    assert (mail.to, message["From"]) == ("learn@example.ch", SENDER)
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    entry = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    assert f"METHOD:{entry.get_param('method')}" in entry.get_content()
    [attached] = message.iter_attachments()
    assert attached.get_filename() == "invite.ics"
    assert attached.get_content().decode() == entry.get_content()


async def test_a_process_that_ended_while_graph_was_asked_looks_before_it_sends_again(office: Office) -> None:
    mail = office.mail()
    office.graph.fault = lambda: Fault.RESET_AFTER_ACCEPTING
    with pytest.raises(OutcomeUnknown):
        await office.post(mail)
    [told] = await office.ledger()
    assert told.result is DeliveryStatus.UNCONFIRMED
    with pytest.raises(OutcomeUnknown) as early:
        await office.post(mail)  # a new process does not look too early: sent mails are filed in the background
    assert early.value.seconds == 60
    assert office.graph.calls == ["send"]
    office.clock.go_on(seconds=60)
    await office.post(mail)
    assert office.graph.calls == ["send", "look"]
    await office.post(mail)
    assert office.graph.calls == ["send", "look"], "what was sent is not even looked for"


REPLACED, SHOWN = Habits(replaces_ids=True), Habits(replaces_ids=True, shows_headers=True)
"""A mailbox in which no mail has our Message-ID; and one that shows our header at least."""


@pytest.mark.parametrize(
    "habits",
    [Habits(), REPLACED, SHOWN, replace(REPLACED, odd={"internetMessageHeaders": [{"name": None, "value": None}]})],
    ids=["ids are kept", "ids are replaced", "headers are shown", "a header has no name"],
)
@pytest.mark.parametrize("fault", list(Fault))
async def test_whatever_befalls_the_first_attempt_the_mail_goes_out_once(
    office: Office, fault: Fault, habits: Habits
) -> None:
    office.graph.habits = habits
    office.fails_once(fault)
    await office.deliver(office.mail())
    assert len(office.graph.accepted) == 1
    assert await office.results() == [DeliveryStatus.SENT]


UNCLEAR = {
    "the first address of its reader": replace(REPLACED, first_addresses={"learn@example.ch": "isc-learn@example.ch"}),
    "another address of the mailbox": replace(REPLACED, first_addresses={SENDER: "changes@example.ch"}),
    "a clock that is slow": replace(REPLACED, clock=timedelta(minutes=-2)),
} | {
    str(odd): replace(REPLACED, odd=odd)
    for odd in (
        {"toRecipients": [{"emailAddress": {"name": "Learn"}}]},
        {"toRecipients": [{"emailAddress": None}]},
        {"toRecipients": None},
        {"sentDateTime": None},
        {"sentDateTime": "0001-01-01T00:00:00+14:00"},
        {"from": None},
        {"from": {"emailAddress": {"address": None}}},
        {"internetMessageHeaders": [None]},
    )
}


@pytest.mark.parametrize("habits", UNCLEAR.values(), ids=UNCLEAR)
async def test_what_could_be_the_mail_or_another_one_is_asked_of_a_person_and_neither_sent_nor_called_sent(
    office: Office, habits: Habits
) -> None:
    office.graph.habits = habits
    office.fails_once(Fault.RESET_AFTER_ACCEPTING)
    mail = office.mail()
    await office.deliver(mail)
    assert len(office.graph.accepted) == 1
    [told] = await office.ledger()
    assert told.result is DeliveryStatus.FAILED
    assert told.why.startswith("It is not known whether the mail went out")
    assert "Planned maintenance, " in told.why
    assert "” among the sent mails" in told.why
    [dead] = await autocommit(office.store).outbox.dead()
    assert dead.effect == mail


@pytest.mark.parametrize(("habits", "sent"), [(SHOWN, True), (Habits(), True), (REPLACED, False)])
async def test_the_same_notice_to_somebody_else_is_no_proof_and_is_told_apart_where_graph_shows_anything_of_ours(
    office: Office, habits: Habits, sent: bool
) -> None:
    office.graph.habits = habits
    await office.post(office.mail(1, Recipient("hans@example.ch")))
    office.fails_once(Fault.RESET)
    await office.deliver(office.mail())
    results = {told.to: told.result for told in await office.ledger()}
    assert results["learn@example.ch"] is (DeliveryStatus.SENT if sent else DeliveryStatus.FAILED)
    assert [each.to for each in office.graph.accepted].count("learn@example.ch") == sent


@pytest.mark.parametrize("shown", [SENDER, "changes@example.ch"], ids=["of the bot", "of another address"])
async def test_a_mail_that_lies_among_the_drafts_under_another_message_id_is_waited_for(
    office: Office, shown: str
) -> None:
    office.graph.habits = replace(REPLACED, sends=False, first_addresses={SENDER: shown})
    office.graph.fault = lambda: Fault.RESET_AFTER_ACCEPTING
    mail = office.mail()
    await office.loses(mail)
    with pytest.raises(OutcomeUnknown, match="has not sent it yet"):
        await office.post(mail)
    office.graph.habits = REPLACED
    await office.post(mail)
    assert office.graph.calls.count("send") == 1


async def test_a_mailbox_with_more_mails_than_are_looked_through_proves_nothing(office: Office) -> None:
    office.graph.fault = lambda: Fault.RESET
    await office.loses(office.mail())
    other = Accepted(office.clock.now() - timedelta(seconds=60), EmailMessage())
    other.message["Subject"], other.message["To"], other.message["Message-ID"] = "Lunch?", "a@example.ch", "<1@x>"
    office.graph.accepted = [other] * 1001
    with pytest.raises(PermanentError, match="It is not known whether"):
        await office.post(office.mail())
    office.graph.fault = lambda: None
    office.graph.accepted = [other] * 1000
    await office.post(office.mail())
    assert await office.results() == [DeliveryStatus.SENT]


@pytest.mark.parametrize("first", ["learn@example.ch", "Learn@example.ch", "isc@example.ch"])
async def test_a_mail_that_was_never_taken_is_not_called_sent_because_of_another_one_to_the_same_reader(
    office: Office, first: str
) -> None:
    """Two changes of one service, one behind the other: the second mail is lost. `isc@` is an alias of the reader."""
    office.write_with(FormLetter("Planned maintenance"))
    two = await saved(autocommit(office.store), *scheduled())
    office.graph.habits = replace(REPLACED, first_addresses={"isc@example.ch": "learn@example.ch"})
    await office.deliver(office.mail(1, Recipient(first)))
    office.fails_once(Fault.RESET)
    await office.deliver(office.mail(of=two))
    assert await office.results() == [DeliveryStatus.SENT]
    [told] = await autocommit(office.store).delivery_log.of(two.id)
    assert told.result is DeliveryStatus.FAILED
    assert told.why.startswith("It is not known whether the mail went out")
    assert len(office.graph.accepted) == 1


async def test_a_mail_that_is_looked_for_late_is_not_found_in_one_that_went_out_since(office: Office) -> None:
    office.write_with(FormLetter("Planned maintenance"))
    two = await saved(autocommit(office.store), *scheduled())
    office.graph.habits = REPLACED
    office.graph.fault = lambda: Fault.RESET
    await office.loses(office.mail())
    office.graph.fault = lambda: None
    office.clock.go_on(seconds=3600)
    await office.post(office.mail(of=two))
    office.clock.go_on(seconds=60)
    with pytest.raises(PermanentError, match="It is not known whether"):
        await office.post(office.mail())
    assert len(office.graph.accepted) == 1


async def test_mails_to_others_at_the_same_time_leave_no_doubt_where_each_is_seen_under_its_own_address(
    office: Office,
) -> None:
    office.graph.habits = REPLACED
    await office.post(office.mail(1, Recipient("hans@example.ch")))
    office.fails_once(Fault.RESET_AFTER_ACCEPTING)
    await office.deliver(office.mail())
    assert {told.result for told in await office.ledger()} == {DeliveryStatus.SENT}
    assert len(office.graph.accepted) == 2


@pytest.mark.parametrize("habits", [REPLACED, SHOWN, Habits()], ids=["replaced", "with headers", "kept"])
async def test_anybody_elses_mail_with_the_same_subject_is_not_the_bots_and_the_notice_goes_out(
    office: Office, habits: Habits
) -> None:
    office.write_with(FormLetter("Planned maintenance"))
    office.graph.habits = habits
    theirs = EmailMessage()
    theirs["From"], theirs["To"], theirs["Message-ID"] = (
        "mallory@example.org",
        EVERYBODY.address,
        "<1@elsewhere.example>",
    )
    theirs["Subject"] = "Planned maintenance"
    office.graph.accepted = [Accepted(office.clock.now(), theirs)]
    office.fails_once(Fault.RESET)
    await office.deliver(office.mail())
    assert await office.results() == [DeliveryStatus.SENT]
    assert [each.sender for each in office.graph.accepted] == ["mallory@example.org", SENDER]


async def test_messages_of_which_nothing_can_be_read_do_not_hide_the_mail(office: Office) -> None:
    office.graph.fault = lambda: Fault.RESET_AFTER_ACCEPTING
    office.graph.habits = replace(REPLACED, broken=[None, {}, {"from": 1}])
    await office.loses(office.mail())
    await office.post(office.mail())
    assert await office.results() == [DeliveryStatus.SENT]


async def test_where_the_bot_may_not_look_an_uncertain_mail_is_not_sent_twice_and_the_ledger_says_why(
    office: Office,
) -> None:
    office.graph.may_read = False
    office.graph.fault = lambda: Fault.HANG_AFTER_ACCEPTING
    await office.deliver(office.mail())
    [told] = await office.ledger()
    assert told.result is DeliveryStatus.FAILED
    assert "Mail.ReadBasic.All" in told.why
    assert len(office.graph.accepted) == 1


@pytest.mark.parametrize(
    ("status", "code", "error", "said"),
    [
        (403, "ErrorAccessDenied", PermanentError, "needs the application permission Mail.Send for change-bot@"),
        (400, "ErrorInvalidRecipients", PermanentError, "400 and does not accept it. ErrorInvalidRecipients: x"),
        (404, "ErrorInvalidUser", PermanentError, "Graph answered 404"),
        (413, "RequestEntityTooLarge", PermanentError, "Graph answered 413"),
        (429, "TooManyRequests", RetryableError, "asks to wait"),
        (503, "ServiceUnavailable", RetryableError, "asks to wait"),
        (500, "InternalServerError", OutcomeUnknown, "not known whether it took the mail"),
        (504, "Timeout", OutcomeUnknown, "not known whether it took the mail"),
    ],
)
async def test_every_answer_is_told_apart(
    office: Office, status: int, code: str, error: type[Exception], said: str
) -> None:
    office.graph.refusal = (status, code, "x")
    with pytest.raises(error, match=said) as raised:
        await office.post(office.mail())
    assert type(raised.value) is error


async def test_the_delay_that_graph_asks_for_is_kept(office: Office) -> None:
    office.fails_once(Fault.THROTTLED)
    asked = office.clock.now()
    await office.deliver(office.mail())
    assert (office.graph.accepted[0].at - asked).total_seconds() == 7


async def test_a_token_that_ran_out_is_replaced_once(office: Office) -> None:
    office.graph.tokens = {"new"}
    office.tokens.fresh = "new"
    await office.deliver(office.mail())
    assert office.graph.calls == ["send", "send"]
    office.graph.tokens = {"another"}
    with pytest.raises(RetryableError, match="does not accept the bot's token"):
        await office.post(office.mail(2))
    assert office.graph.calls == ["send"] * 4


async def test_a_graph_that_cannot_be_reached_is_tried_again_later(office: Office) -> None:
    await office.graph.__aexit__()
    with pytest.raises(RetryableError, match="Graph cannot be reached") as raised:
        await office.post(office.mail())
    assert not isinstance(raised.value, OutcomeUnknown)
    assert [told.result for told in await office.ledger()] == [DeliveryStatus.WAITING]


async def test_no_minute_has_more_than_thirty_mails_and_no_moment_more_than_four(office: Office) -> None:
    people = [Recipient(f"{name}@example.ch") for name in "abcdefgh"]
    await office.deliver(*(office.mail(number, to) for number in range(1, 11) for to in people))
    times = [mail.at.timestamp() for mail in office.graph.accepted]
    assert len(times) == 80
    assert all(later - first >= 60 for first, later in zip(times, times[30:], strict=False))
    assert office.graph.busiest <= 4


async def test_a_mail_that_stands_in_for_teams_says_why_in_the_readers_language(office: Office) -> None:
    cause = "The bot is no longer in this conversation <&>."
    await office.deliver(office.mail(1, Recipient("hans@example.ch", "de"), cause))
    parts = {part.get_content_type(): part for part in office.graph.accepted[0].message.walk()}
    line = "Sie erhalten dies per E-Mail, weil der Bot es nicht in Teams sagen konnte: The bot is no longer in"
    assert parts["text/plain"].get_content().startswith(line)
    page = parts["text/html"].get_content()
    assert line in page
    assert "&lt;&amp;&gt;" in page
    assert page.index("<body") < page.index(line)
    assert [told.why for told in await office.ledger()] == [cause]


async def test_all_mails_of_a_bad_day_are_each_accepted_once_in_order_and_none_is_lost(
    office: Office, pytestconfig: pytest.Config
) -> None:
    chance, count = Random(32), pytestconfig.getoption("mails")
    slow = {Fault.HANG, Fault.HANG_AFTER_ACCEPTING}
    quick = [fault for fault in Fault if fault not in slow]

    def fault() -> Fault | None:
        drawn = chance.random()
        return chance.choice(list(slow)) if drawn < 0.01 else chance.choice(quick) if drawn < 0.2 else None

    office.graph.fault = fault
    office.write_with(FormLetter())
    people = [EVERYBODY, *(Recipient(f"{name}@example.ch") for name in "abcdefg")]
    mails = [office.mail(number, to) for number in range(1, count // len(people) + 1) for to in people]
    await office.deliver(*mails)
    names = {f"<{name_of(mail)}@example.ch>": mail for mail in mails}
    taken = [names[each.id] for each in office.graph.accepted]
    assert Counter(mail.key for mail in taken) == Counter(mail.key for mail in mails)
    for to in people:
        numbers = [mail.sequence for mail in taken if mail.to == to]
        assert numbers == sorted(numbers)
    assert Counter(told.result for told in await office.ledger()) == {DeliveryStatus.SENT: len(mails)}
    assert office.graph.calls.count("look") > len(mails) / 20, "the day was not bad enough"
