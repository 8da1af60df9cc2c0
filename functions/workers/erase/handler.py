"""Called by an operator: a customer, or a business with all it has, is forgotten. {"business_id", "customer" or "confirm"}."""

from cafe_ai.erasure.service import erase_as_asked
from cafe_ai.worker import call_handler

handler = call_handler("erase", erase_as_asked)
