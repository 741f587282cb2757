"""What changes say is in an index: three letters in a row, and who has them. Those of a service in a state are listed.

Triggers keep it: whoever writes a change, restores a backup or forgets a person writes it too, in the same transaction.
"""

import re

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_NUMBER = r"CAST(substr(\1.id, 5, 4) AS INTEGER) * 1000000000 + CAST(substr(\1.id, 10) AS INTEGER)"
"""FTS5 has numbers and no ids: `CHG-2026-0007` is 2026000000007."""
# Without the text, which the changes have, and without where in it the letters are: they are looked for there.
_SQLITE = """
CREATE VIRTUAL TABLE change_words
USING fts5(words, content='', detail=none, tokenize='trigram case_sensitive 1')
--
INSERT INTO change_words (rowid, words) SELECT number(changes), words FROM changes
--
CREATE TRIGGER change_words_added AFTER INSERT ON changes BEGIN
INSERT INTO change_words (rowid, words) VALUES (number(new), new.words);
END
--
CREATE TRIGGER change_words_written AFTER UPDATE OF words ON changes WHEN old.words IS NOT new.words BEGIN
INSERT INTO change_words (change_words, rowid, words) VALUES ('delete', number(old), old.words);
INSERT INTO change_words (rowid, words) VALUES (number(new), new.words);
END
"""
# Nobody needs statistics of it, and they would take long to gather. What is edited is in its place at once: else a list
# of what is still to be put there would be searched each time.
_POSTGRESQL = """
CREATE TABLE change_words (change text CONSTRAINT pk_change_words PRIMARY KEY, letters text[] NOT NULL)
--
ALTER TABLE change_words ALTER COLUMN letters SET STATISTICS 0
--
CREATE OR REPLACE FUNCTION letters_of(words text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT coalesce(array_agg(DISTINCT first || second || third), '{}') FROM (
SELECT each AS first, lead(each, 1) OVER () AS second, lead(each, 2) OVER () AS third
FROM unnest(string_to_array(words, NULL)) AS each) AS letters WHERE third IS NOT NULL
$$
--
INSERT INTO change_words SELECT id, letters_of(words) FROM changes
--
CREATE INDEX ix_change_words_letters ON change_words USING gin (letters) WITH (fastupdate = off)
--
CREATE OR REPLACE FUNCTION write_change_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
INSERT INTO change_words VALUES (new.id, letters_of(new.words))
ON CONFLICT (change) DO UPDATE SET letters = excluded.letters;
RETURN NULL;
END $$
--
CREATE TRIGGER change_words_added AFTER INSERT ON changes FOR EACH ROW EXECUTE FUNCTION write_change_words()
--
CREATE TRIGGER change_words_written AFTER UPDATE OF words ON changes FOR EACH ROW
WHEN (old.words IS DISTINCT FROM new.words) EXECUTE FUNCTION write_change_words()
"""


def upgrade() -> None:
    statements = _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL
    for each in statements.split("--"):
        # As it is: nothing in it is a parameter.
        op.get_bind().exec_driver_sql(re.sub(r"number\((\w+)\)", _NUMBER, each))
    op.drop_index("ix_changes_taken", "changes")
    taken = ["service", "state", "starts_at", "id", "ends_at", "handed_in", "requester"]
    op.create_index("ix_changes_taken", "changes", taken, unique=False)
