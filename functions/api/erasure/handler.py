"""DELETE /api/v1/ai/conversations: the caller's right to erasure."""

from uuid import UUID

from cafe_ai.bootstrap import runtime
from cafe_ai.conversations import service
from cafe_ai.conversations.schemas import Deleted
from cafe_ai.errors import ConversationNotFound
from cafe_ai.http import Caller, create_app, declares, lambda_handler

app = create_app()


@app.delete(
    "/api/v1/ai/conversations/{conversation_id}",
    status_code=204,
    responses=declares(ConversationNotFound, about="user"),
)
async def erase_conversation(conversation_id: UUID, caller: Caller) -> None:
    """Erases the caller's words in one conversation; the audit keeps its figures."""
    service.erase(runtime().database, caller.admit_user("erasure"), conversation_id)


@app.delete("/api/v1/ai/conversations", responses=declares(about="user"))
async def erase_conversations(caller: Caller) -> Deleted:
    """Erases all the caller's words."""
    return Deleted(deleted=service.erase_all(runtime().database, caller.admit_user("erasure")))


handler = lambda_handler(app)
