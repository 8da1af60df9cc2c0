"""The dead-letter queues of jobs and notifications: what could not be done is said to have failed, and why."""

from cafe_ai.jobs.dead_letters import see_to
from cafe_ai.worker import dead_letter_handler

handler = dead_letter_handler("dead_letters", see_to)
