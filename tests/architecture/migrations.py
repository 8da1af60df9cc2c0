"""What a migration may not do while the version before it still runs: during a deployment, and after one that goes back.

A migration is applied before traffic shifts, so for minutes the code before it works on the schema after it. Whatever that code
reads and writes must stay: new tables, columns and functions may come (expand); what nobody uses any more goes in a later
deployment (contract), in a migration whose head says why that is safe: `-- contract: <reason>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

CONTRACT = re.compile(r"^-- contract: *(\S.*)$", re.MULTILINE)
COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
TEXT = re.compile(r"'(?:[^']|'')*'")
BODY = re.compile(r"\$(\w*)\$(.*?)\$\1\$", re.DOTALL)
DO_BLOCK = re.compile(r"\bdo\s+(?:language\s+\w+\s+)?\$(\w*)\$(.*?)\$\1\$", re.DOTALL | re.IGNORECASE)
NAME = r'(?:if\s+(?:not\s+)?exists\s+)?(?:only\s+)?([\w."]+)'
CREATED_TABLE = re.compile(rf"^create\s+(?:unlogged\s+)?table\s+{NAME}")
GRANTED = re.compile(r"^grant (.+) to (.+)$")
REVOKED = re.compile(r"^revoke (.+) from (.+)$")
ALTERED_TABLE = re.compile(rf"^alter\s+table\s+{NAME}")
INDEXED_TABLE = re.compile(r'^create\s+unique\s+index\b.*?\bon\s+(?:only\s+)?([\w."]+)', re.DOTALL)
# What breaks the code that runs, by what is said of it.
ANYWHERE = {
    "drops what the running version may use": re.compile(r"\bdrop\s+(?!not\s+null\b)"),
    "renames what the running version names": re.compile(r"\brename\b"),
    "empties a table": re.compile(r"^truncate\b"),
}
OF_A_TABLE_THERE_WAS = {
    "changes a column's type": re.compile(r"\balter\s+(?:column\s+)?[\w\"]+\s+(?:set\s+data\s+)?type\b"),
    "asks for a value that the running version may not give": re.compile(r"\bset\s+not\s+null\b"),
    "refuses what the running version may write": re.compile(
        r"\badd\s+(?:constraint\s+[\w\"]+\s+)?(?:check|unique|foreign\s+key|primary\s+key|exclude)\b"
    ),
    "hides rows from the running version": re.compile(r"\b(?:enable|force)\s+row\s+level\s+security\b"),
    "moves a table": re.compile(r"\bset\s+schema\b"),
}
ADDED_COLUMN = re.compile(
    r"\badd\s+(?:column\s+)?(?!constraint\b|check\b|unique\b|foreign\b|primary\b|exclude\b)(.*)", re.DOTALL
)


def contract(sql: str) -> str | None:
    """The reason at the head of a migration, before its first statement, for taking something away."""
    head = re.split(r"^(?!\s*--|\s*$)", sql, maxsplit=1, flags=re.MULTILINE)[0]
    found = CONTRACT.search(head)
    return found[1] if found else None


def incompatibilities(sql: str) -> list[str]:
    """What in a migration the version that still runs might not survive; each with the beginning of its statement."""
    made: set[str] = set()
    granted: set[tuple[str, ...]] = set()  # for the time of the migration, where it is taken back
    found = []
    for statement in statements(sql):
        if table := CREATED_TABLE.match(statement):
            made.add(table[1])
            continue
        if grant := GRANTED.match(statement):
            granted.add(grant.groups())
        if (revoked := REVOKED.match(statement)) and revoked.groups() not in granted:
            found.append(f"takes a right away: {statement[:80]}")
        found += [f"{what}: {statement[:80]}" for what in _broken_by(statement, made)]
    return found


def _broken_by(statement: str, made: set[str]) -> Iterator[str]:
    table = ALTERED_TABLE.match(statement)
    if table and table[1] in made:  # a table of this migration, which the running version does not know
        return
    yield from (what for what, pattern in ANYWHERE.items() if pattern.search(statement))
    indexed = INDEXED_TABLE.match(statement)
    if indexed and indexed[1] not in made:
        yield "refuses what the running version may write"
    if table:
        yield from (what for what, pattern in OF_A_TABLE_THERE_WAS.items() if pattern.search(statement))
        yield from _columns_without_a_value(statement)


def _columns_without_a_value(statement: str) -> Iterator[str]:
    for action in _parted(statement):
        column = ADDED_COLUMN.search(action)
        if column and "not null" in column[1] and not re.search(r"\bdefault\b|\bgenerated\b", column[1]):
            yield "asks for a value that the running version does not give"


def _parted(statement: str) -> list[str]:
    """The actions of an ALTER TABLE: what commas part that stand in no parentheses."""
    parts, depth = [""], 0
    for character in statement:
        depth += (character == "(") - (character == ")")
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def statements(sql: str) -> Iterator[str]:
    """Each statement in lower case and on one line, without comments and texts. Of what stands between dollar signs only a DO
    block is looked into: a function's body runs when it is called."""
    bare = COMMENT.sub(" ", sql)
    blocks = [block[2] for block in DO_BLOCK.finditer(bare)]
    outside = BODY.sub(" ", bare)
    for part in (outside, *blocks):
        for statement in re.split(r";|\bbegin\b|\bthen\b|\bloop\b", TEXT.sub(" ", part), flags=re.IGNORECASE):
            if words := " ".join(statement.lower().split()):
                yield words
