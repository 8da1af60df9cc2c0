"""The audit queue: what could not be written while the database was away is written now, once."""

from cafe_ai.audit import message, service
from cafe_ai.worker import spool_handler

handler = spool_handler("audit_spool", message.decode, service.store_message, lambda runtime: runtime.audit_queue)
