"""The test's own books, kept by triggers in the transactions that they tell of; the functions do not know of them."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.support.postgres import TestDatabase

BOOKS = """
CREATE SCHEMA torture;
GRANT USAGE ON SCHEMA torture TO cafe_ai_app;
CREATE TABLE torture.runs (job_id uuid NOT NULL, pid integer NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
GRANT INSERT ON torture.runs TO cafe_ai_app;
CREATE TABLE torture.endings (job_id uuid NOT NULL, status text NOT NULL, attempts integer NOT NULL);
CREATE TABLE torture.changed_after_the_end (job_id uuid NOT NULL, status text NOT NULL);
CREATE FUNCTION torture.note_ending() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO torture.endings VALUES (NEW.id, NEW.status, NEW.attempts);
    RETURN NULL;
END $$;
CREATE FUNCTION torture.note_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO torture.changed_after_the_end VALUES (OLD.id, OLD.status);
    RETURN NULL;
END $$;
CREATE TRIGGER note_ending AFTER UPDATE OF status ON ai_jobs
    FOR EACH ROW WHEN (NEW.status IN ('completed', 'failed')) EXECUTE FUNCTION torture.note_ending();
CREATE TRIGGER note_change AFTER UPDATE ON ai_jobs
    FOR EACH ROW WHEN (OLD.status IN ('completed', 'failed')) EXECUTE FUNCTION torture.note_change();
"""

JOBS = "SELECT id, status, params, result, error, attempts, idempotency_key FROM ai_jobs"


@dataclass(frozen=True)
class Books:
    """What happened in a database, read as its superuser."""

    connection: psycopg.Connection[Any]

    @classmethod
    def opened(cls, database: TestDatabase) -> Books:
        """Begins to keep them; the caller closes."""
        books = cls(psycopg.connect(database.superuser, autocommit=True))
        books.connection.execute(BOOKS)
        return books

    def close(self) -> None:
        """Closes the connection."""
        self.connection.close()

    def count(self, table: str, where: str = "true") -> int:
        """How many rows."""
        row = self.connection.execute(f"SELECT count(*) FROM {table} WHERE {where}".encode()).fetchone()
        assert row is not None
        return int(row[0])

    def jobs(self) -> list[dict[str, Any]]:
        """Every job."""
        with closing(self.connection.cursor(row_factory=psycopg.rows.dict_row)) as cursor:
            return cursor.execute(JOBS).fetchall()

    def endings(self) -> Counter[tuple[str, str]]:
        """How often each job ended, and how."""
        rows = self.connection.execute("SELECT job_id::text, status FROM torture.endings").fetchall()
        return Counter((job_id, status) for job_id, status in rows)

    def let_time_pass(self, seconds: float) -> None:
        """Whoever was to send a message has had that much more time: it falls to the relay the sooner."""
        self.connection.execute(
            "UPDATE ai_outbox SET available_at = available_at - make_interval(secs => %s)", [seconds]
        )
