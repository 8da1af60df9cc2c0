"""The queue of notifications: each business is told of its jobs, by e-mail or webhook."""

from cafe_ai.worker import delivery_handler

handler = delivery_handler()
