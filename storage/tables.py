"""The tables. What is searched for is a column; what is only read back whole is JSON in a text column.

A text and not JSONB: the document comes back exactly as the codec wrote it, on both engines.
"""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, MetaData, Table, Text, and_, false, true

from storage.columns import ByteText, Instant, Number, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

changes = Table(
    "changes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("service", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),  # with every extension
    Column("requester", Text, nullable=False),
    Column("title", Words, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("version", Integer, nullable=False),  # the number of its events
    Column("document", Text, nullable=False),
    Column("implementer", Text, nullable=False, server_default=""),
    Column("handed_in", Boolean, nullable=False, server_default=true()),  # or in the channel; else nobody's business
    Column("words", Words, nullable=False, server_default=""),  # folded, to be searched
    Column("phase", Integer, nullable=False, server_default="1"),  # storage.searching.Phase: several states together
    Column("month", Integer),  # in which it counts, as its service has it: changes.reporting.statistics.counted_in
    Column("outcome", Text),
    Column("short_notice", Boolean, nullable=False, server_default=false()),
    Column("lead_days", Integer),  # as its service counts days; these and the minutes below as in ChangeMetrics
    Column("extended", Integer, nullable=False, server_default="0"),
    Column("overrun", Integer),
    Column("took", Integer),
    Column("snapshot_took", Integer),
    Column("restore_took", Integer),
    Column("tests_took", Integer),
    Index("ix_changes_taken", "service", "state", "starts_at", "id", "ends_at", "handed_in", "requester"),
    Index("ix_changes_in_state", "state", "starts_at", "id", "handed_in", "requester"),
    Index("ix_changes_listed", "phase", "starts_at", "id", "handed_in", "requester"),
    Index(
        "ix_changes_listed_of_service",
        *("service", "phase", "starts_at", "id", "handed_in", "requester", "state", "ends_at"),
    ),
    Index("ix_changes_of_requester", "requester", "phase", "starts_at", "id", "handed_in", "state"),
    Index("ix_changes_of_implementer", "implementer", "phase", "starts_at", "id", "handed_in", "requester", "state"),
)

change_counts = Table(
    "change_counts",
    metadata,
    Column("counted", Text, primary_key=True),  # storage.statistics says what
    Column("service", Text, primary_key=True),
    Column("month", Integer, primary_key=True, autoincrement=False),
    Column("value", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    sqlite_with_rowid=False,
)

change_count_deltas = Table(  # what PostgreSQL's writers leave to be added to the counts, and is a part of them already
    "change_count_deltas",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("counted", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("month", Integer, nullable=False),
    Column("value", Text, nullable=False),
    Column("number", Integer, nullable=False),
)

tasks = Table(
    "tasks",
    metadata,
    Column("person", Text, primary_key=True),
    Column("change", Text, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),  # among the change's own: the first counts
    Column("service", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("by", Instant),
    Column("undated", Boolean, nullable=False),  # nothing says by when
    Column("due", Instant, nullable=False),  # by when or, where nothing says so, since when
    Column("begins", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("turn", Integer, nullable=False),  # storage.tasks.ApprovalRole
    Index(None, "change"),
    Index("ix_tasks_ahead", "person", "undated", "due", "since", "change", "begins", "ends", "turn", "service"),
    Index(None, "ends"),
)

events = Table(
    "events",
    metadata,
    Column("change", Text, ForeignKey("changes.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("by_id", Text, nullable=False),
    Column("by_name", Words, nullable=False),
    Column("via", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("body", Text, nullable=False),
)

due_items = Table(
    "due_items",
    metadata,
    Column("owner_type", Text, primary_key=True),
    Column("owner", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("due", Instant, nullable=False),
    Column("place", Integer, nullable=False),  # the order of items that fall due at the same moment
    Column("failures", Integer, nullable=False, server_default="0"),  # of the owner's earliest, one after the other
    Column("held_until", Instant),  # the owner's wait until then, because one of them failed
    Column("next_at", Instant),  # of the owner's first alone: when it falls due, or is tried again
)
Index(
    "ix_due_items_next",
    due_items.c.next_at,
    due_items.c.owner,
    due_items.c.place,
    sqlite_where=due_items.c.next_at.is_not(None),
    postgresql_where=due_items.c.next_at.is_not(None),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("lane", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),  # that failed
    Column("leased_until", Instant),
    Column("owner", Text),
    Column("done_at", Instant),
    Column("dead_at", Instant),
    Column("error", Words),
    Column("error_message", Text),  # the Message that the text is, here and below: storage/stored_messages.py
    Column("priority", Integer, nullable=False, server_default="1"),  # application.ports.Priority
    Column("behind", Boolean, nullable=False, server_default=false()),  # known to wait for an earlier one of its lane
    sqlite_autoincrement=True,  # a number once given names one entry for ever
)

waiting = and_(outbox.c.done_at.is_(None), outbox.c.dead_at.is_(None))
"""Neither carried out nor given up. The indexes hold only those, so that history costs nothing."""
in_line = and_(waiting, outbox.c.owner.is_(None), outbox.c.behind.is_(false()))
"""What nobody carries out, without what is known to wait for an earlier one: a full lane costs others nothing."""
leased = and_(waiting, outbox.c.owner.is_not(None))
Index("ix_outbox_waiting", outbox.c.lane, outbox.c.id, sqlite_where=waiting, postgresql_where=waiting)
Index("ix_outbox_since", outbox.c.created_at, sqlite_where=waiting, postgresql_where=waiting)
Index(
    "ix_outbox_in_line",
    outbox.c.priority,
    outbox.c.not_before,
    outbox.c.id,
    sqlite_where=in_line,
    postgresql_where=in_line,
)
Index("ix_outbox_leased", outbox.c.leased_until, sqlite_where=leased, postgresql_where=leased)
Index(
    "ix_outbox_dead",
    outbox.c.id,
    sqlite_where=outbox.c.dead_at.is_not(None),
    postgresql_where=outbox.c.dead_at.is_not(None),
)
Index(
    "ix_outbox_done",
    outbox.c.done_at,
    sqlite_where=outbox.c.done_at.is_not(None),
    postgresql_where=outbox.c.done_at.is_not(None),
)

series = Table(
    "series",
    metadata,
    Column("id", Text, primary_key=True),
    Column("over", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("document", Text, nullable=False),
)
going_on = series.c.over.is_(False)
Index("ix_series_going_on", series.c.id, sqlite_where=going_on, postgresql_where=going_on)

operations = Table(
    "operations",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False, unique=True),
    Column("change", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("over", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "change", "kind"),
    Index(None, "kind", "asked_at"),
    Index(None, "asked_at"),
)
running = operations.c.over.is_(False)
Index(
    "ix_operations_running",
    operations.c.asked_at,
    operations.c.id,
    sqlite_where=running,
    postgresql_where=running,
)

messages = Table(
    "messages",
    metadata,
    Column("change", Text, primary_key=True),
    Column("message", Text, primary_key=True),
    Column("service_url", Text, nullable=False),
    Column("conversation", Text, nullable=False),
    Column("activity", Text, nullable=False),
    Column("thread", Text, nullable=False),
)

bindings = Table(
    "bindings",
    metadata,
    Column("service", Text, primary_key=True),
    Column("service_url", Text, nullable=False),
    Column("conversation", Text, nullable=False, index=True),
    Column("is_channel", Boolean, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("bot", Text, nullable=False),
    Column("group", Text, nullable=False, server_default=""),
)

people = Table(
    "people",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Words, nullable=False),
    Column("folded", Words, nullable=False),  # the name without its capitals, to be found and sorted by
    Column("mri", Text, nullable=False),
    Column("language", Text, nullable=False, server_default=""),
)

chats = Table(
    "chats",
    metadata,
    Column("person", Text, primary_key=True),
    Column("name", Words, nullable=False),
    Column("service_url", Text, nullable=False),
    Column("conversation", Text, nullable=False, index=True),
    Column("bot", Text, nullable=False),
    Column("tenant", Text, nullable=False),
)

absences = Table(
    "absences",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("person", Text, nullable=False),
    Column("name", Words, nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Index(None, "person", "last"),
)

ledger = Table(
    "ledger",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False, unique=True),
    Column("change", Text, nullable=False, index=True),
    Column("notice", Text, nullable=False),
    Column("recipient", Words, nullable=False),
    Column("way", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("why", Words, nullable=False),
    Column("why_message", Text),
    Index(None, "way", "at"),
)

dialogs = Table(
    "dialogs",
    metadata,
    Column("key", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("etag", Number, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("key", Text, primary_key=True),
    Column("answer", Text, nullable=False),
    Column("at", Instant, nullable=False, index=True),
)

settings = Table(
    "settings", metadata, Column("name", ByteText, primary_key=True), Column("value", Words, nullable=False)
)

counters = Table(
    "counters",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
)

refusals = Table(
    "refusals",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False, index=True),
    Column("person", Text, nullable=False),
    Column("name", Words, nullable=False),
    Column("change", Text, nullable=False),  # empty where no change was meant
    Column("what", Words, nullable=False),
    Column("via", Text, nullable=False),
    Column("sentence", Words, nullable=False),
    Column("sentence_message", Text),
)

templates = Table(
    "templates",
    metadata,
    Column("key", Words, primary_key=True),  # the name, folded
    Column("entry", Integer, primary_key=True, autoincrement=False),  # counts all that was written of it
    Column("service", Text, nullable=False),
    Column("is_current", Boolean, nullable=False),  # the last that was written
    Column("body", Words, nullable=False),
    Index("ix_templates_service_is_current", "service", "is_current", "key"),
)

sendings = Table(
    "sendings",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("place", Text, nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Index(None, "place", "at"),
)
