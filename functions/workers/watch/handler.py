"""Every minute: whether the database and the vector store answer, as metrics."""

from cafe_ai.health.service import watch
from cafe_ai.worker import schedule_handler

handler = schedule_handler("watch", watch)
