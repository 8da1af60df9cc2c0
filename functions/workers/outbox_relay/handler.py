"""Every minute: messages that their writers could not send, and jobs that nobody is going to work on."""

from cafe_ai.jobs.recovery import relay_and_sweep
from cafe_ai.worker import schedule_handler

handler = schedule_handler("outbox_relay", relay_and_sweep)
