"""POST /api/v1/ai/conversations/{id}/feedback: what the caller thinks of an answer."""

from uuid import UUID

from fastapi import Response

from cafe_ai.assistants import approval
from cafe_ai.bootstrap import runtime
from cafe_ai.conversations.schemas import FeedbackBody, FeedbackRequest
from cafe_ai.errors import ConversationNotFound
from cafe_ai.http import Caller, create_app, declares, lambda_handler

app = create_app()
ANSWERS = {**declares(ConversationNotFound, about="user"), 200: {"model": FeedbackBody}}


@app.post("/api/v1/ai/conversations/{conversation_id}/feedback", status_code=201, responses=ANSWERS)
async def rate_answer(
    conversation_id: UUID, feedback: FeedbackRequest, caller: Caller, response: Response
) -> FeedbackBody:
    """201 the first time, 200 where it takes the place of what the caller thought before."""
    user = caller.admit_user("feedback")
    first = approval.rate(runtime().database, user, conversation_id, feedback.rating, feedback.comment)
    response.status_code = 201 if first else 200
    return FeedbackBody(conversation_id=conversation_id, rating=feedback.rating, comment=feedback.comment)


handler = lambda_handler(app)
