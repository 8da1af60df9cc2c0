"""At each deploy, and on {"action": "migrate"}: apply the migrations that the build put beside this file."""

from pathlib import Path

from cafe_ai.deployment import migration_handler

handler = migration_handler(Path(__file__).parent / "migrations")
