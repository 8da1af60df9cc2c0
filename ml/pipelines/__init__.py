"""Features: from plain dicts, from the database, and kept by entity and moment."""
