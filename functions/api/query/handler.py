"""POST /api/v1/ai/query: answer a question about the business from its own figures."""

from cafe_ai.assistants import service
from cafe_ai.assistants.schemas import QueryRequest, QueryResponse
from cafe_ai.bootstrap import runtime
from cafe_ai.errors import ConversationNotFound
from cafe_ai.http import Caller, create_app, declares, lambda_handler

app = create_app()


@app.post("/api/v1/ai/query", responses=declares(ConversationNotFound))
async def answer_query(query: QueryRequest, caller: Caller) -> QueryResponse:
    """Answers in the question's language, with the facts that the answer was made of."""
    member = caller.admit(query.business_id, "query", prompt=query.query)
    return QueryResponse.of(service.answer(runtime(), member, query.question()))


handler = lambda_handler(app)
