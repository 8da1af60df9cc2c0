"""On a schedule, at night: what is bought together, of every business with new orders."""

from cafe_ai.recommendations.baskets.service import run
from cafe_ai.worker import schedule_handler

handler = schedule_handler("basket_pairs", run)
