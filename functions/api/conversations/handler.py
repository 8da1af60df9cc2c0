"""GET /api/v1/ai/conversations: the caller's own."""

from typing import Annotated

from cafe_ai.assistants.model import AssistantType
from cafe_ai.bootstrap import runtime
from cafe_ai.conversations import service
from cafe_ai.conversations.schemas import ConversationBody, Limit, Skip
from cafe_ai.http import Caller, create_app, declares, lambda_handler
from cafe_ai.parameters import OptionalId, empty_is_none

app = create_app()
Filter = Annotated[AssistantType | None, empty_is_none(AssistantType)]


@app.get("/api/v1/ai/conversations", responses=declares(about="user"))
async def list_conversations(
    caller: Caller, skip: Skip = 0, limit: Limit = 100, assistant_type: Filter = None, business_id: OptionalId = None
) -> list[ConversationBody]:
    """The newest first, of every business unless one is named, and whether or not the caller still belongs to it."""
    user = caller.admit_user("conversations")
    turns = service.list_own(
        runtime().database, user, skip=skip, limit=limit, assistant_type=assistant_type, business_id=business_id
    )
    return [ConversationBody.of(turn) for turn in turns]


handler = lambda_handler(app)
