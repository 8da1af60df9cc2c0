"""Jobs that are started without being asked: weekly reports, and the cleanup."""
