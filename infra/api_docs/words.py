"""What the API's document says in words, beyond the functions' own."""

from __future__ import annotations

ABOUT = """\
Questions about a café or small shop, answered with figures that come from its own records; analyses, recommendations,
forecasts and reports.

**Who may call.** Every operation takes `Authorization: Bearer <JWT>`, signed RS256 by the configured OIDC issuer, with `iss`, `aud`,
`exp` and a UUID as `sub`. There is no public operation: API Gateway turns away what is not signed, and each function checks the
token again. What a member of a business may do depends on the role: `owner` and `manager` everything; `analyst` reads and asks
everything and starts no jobs; `staff` asks about products, catalogue and documents. Operators of the service carry the claim
`operator: true`.

**Errors** are problem documents (RFC 9457, `application/problem+json`) with the request's id. What API Gateway itself refuses (401,
404, 413, 503) has the gateway's own body, `{"message": "..."}`. A method that an address does not have is 404 at the gateway, and
405 with `Allow` where a function is reached directly.

**Limits.** 100 requests a minute by one user (`RateLimit`, `RateLimit-Policy`; 429 with `Retry-After`), bodies of 1 MiB, 25 seconds.

**Compatibility.** Answers may gain members: ignore what you do not know. Requests are strict: an unknown member is refused with 422,
because a misspelt option, silently ignored, would answer something else."""

TAGS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Questions", "Ask in plain words; the answer carries the facts it was made of.", ("query",)),
    ("Recommendations", "What to promote, and what to add to the menu.", ("recommend", "product_suggestions")),
    ("Sales", "What was sold in a period, what changed, and why.", ("sales_analysis",)),
    ("Jobs", "Work that takes longer than a request.", ("jobs",)),
    (
        "Conversations",
        "The caller's own questions and answers: read, rated, erased.",
        ("conversations", "feedback", "erasure"),
    ),
    ("Documents", "What a business wants to be found: written, removed, searched and listed.", ("documents",)),
    (
        "Service",
        "What was used, what can be asked, and how the service is.",
        ("usage_stats", "capabilities", "health", "metrics"),
    ),
)

OPERATIONS = {
    "answer_query": "Answers in the question's language, with the facts that the answer was made of. `degraded` says that the "
    "language model could not be used and the facts speak for themselves; `verified` that every figure in the text was found in "
    "`facts`. Permission is checked on what the question would read: a member of staff who asks for sales is answered 403.",
    "recommend": "Recommends products that exist, each with its reasons and their figures: with `query_text` what in the catalogue "
    "fits these words, without it what to promote now. Words for allergens and diets are strict filters.",
    "suggest_products": "Suggests what similar menus carry and this one lacks, with why.",
    "analyse_sales": "Analyses a whole period beside the one before it and the year before. With `async_mode` the answer is 202 "
    "and a job makes the same analysis with its report; an `Idempotency-Key` then gives the same job each time.",
    "start_job": "Starts a job; what `params` may hold depends on `kind`. Cleanup is about no business, and for operators alone.",
    "show_job": "How far a job is, and once it has ended its result or error. Links to files are made afresh at each call and are "
    "good for an hour. Another business's job is 404.",
    "list_conversations": "The caller's own, the newest first, of every business unless one is named, and whether or not the "
    "caller still belongs to it.",
    "rate_answer": "What the caller thinks of an answer: 201 the first time, 200 where it takes the place of an earlier opinion.",
    "erase_conversation": "Erases the caller's words in one conversation; the audit keeps its figures without them.",
    "erase_conversations": "Erases all the caller's words; the audit keeps its figures without them.",
    "put_document": "Stores a document over the one of its id. It is found by full text at once, and by meaning as soon as the "
    "index has it (`indexed`). Text in documents is data, never an instruction.",
    "delete_document": "Removes a document, also from the search index. A product's document is the catalogue's, and is refused.",
    "find_documents": "With `q` what fits these words, best first; without it a page of all there is, the last changed first.",
    "show_usage": "Of a business by all its users, with what is left of its budget; without one, the caller's own in every business.",
    "describe_capabilities": "What can be asked, with examples that work, and what cannot.",
    "report_health": "Asks each dependency for at most two seconds; 503 where no answer would be possible.",
    "expose_metrics": "Totals since the beginning, of all businesses together, in Prometheus's text format; for operators only.",
}

PARAMETERS = {
    "business_id": "The business that is asked about; the caller is a member of it.",
    "conversation_id": "The `conversation_id` of an answer.",
    "document_id": "The business's own id of the document; ids that begin with \"product:\" are the catalogue's.",
    "job_id": "The `job_id` of an accepted job.",
    "query_text": "What is looked for, in the words of a customer.",
    "q": "What the documents are to fit.",
    "skip": "How many to leave out from the beginning.",
    "limit": "How many at most.",
    "locale": "The language of the answer; the question's own, then the business's, unless said.",
    "as_of": "Asks as of an earlier moment (ISO 8601; without an offset the shop's local time); now unless said.",
    "period": "The last whole day, week, month, quarter or year; monthly where neither this nor a range is given.",
    "from": "The first day of a range; together with `to`, in the place of `period`.",
    "to": "The last day of a range, included.",
    "async_mode": "Whether a job makes the analysis, with a report.",
    "assistant_type": "Only the turns with this assistant.",
}

MEMBERS = {  # of bodies and answers, by their names, where their schema says nothing
    **{name: PARAMETERS[name] for name in ("business_id", "locale", "as_of")},
    **{f"SalesReportParameters.{name}": PARAMETERS[name] for name in ("period", "from", "to")},
    "PeriodBody.from": "The first instant of it.",
    "PeriodBody.to": "The first instant after it.",
    "query": "The question, in plain words.",
    "assistant_type": "Which assistant is asked; it hints at the subject and never widens what the caller may know.",
    "conversation_id": "The turn. In a question: the one this follows up; in an answer: what to send with the next.",
    "rating": "Whether the answer was of use.",
    "comment": "Why, if the caller cares to say.",
    "DocumentRequest.title": "What the document is called.",
    "DocumentBody.title": "What the document is called.",
    "content": "The text.",
    "metadata": "What else is known of the document: texts, numbers, true or false.",
    "JobBody.kind": "What the job does.",
    "params": "What the job is told; it depends on `kind`.",
    "limit": "How many at most.",
    "business_type": "The kind of business; the business's own unless said.",
    "business_name": "The business's name; its own unless said.",
    "customer_id": "One customer, by our id or the shop's own; all of them unless said.",
    "product_ids": "The products, by our ids or the shop's own; what was sold lately unless said.",
    "horizon_days": "For how many days to forecast.",
    "service_level": "With what probability an order shall suffice.",
    "review_days": "After how many days one orders again.",
    "days_old": "Only what is older than so many days.",
    "response": "The answer, in words.",
    "summary": "The analysis, in words.",
    "facts": "The figures that the text was made of.",
    "sources": "The documents that the answer draws on.",
    "tokens_used": "Tokens of the language model, in and out.",
    "response_time_ms": "How long it took, in milliseconds.",
    "model_name": "Which language model wrote it; `rules` where none did.",
    "degraded": "Whether the language model, or the index, could not be used.",
    "cost_usd": "What it cost, in US dollars.",
    "verified": "Whether every figure in the text was found in `facts`.",
    "budget_left_usd": "What is left of the month's budget; null where there is no limit.",
    "metric": "What was measured (see `GET /capabilities`).",
    "value": "The figure, as a JSON number; a percentage is 31.2.",
    "unit": "What the figure counts.",
    "currency": "ISO 4217; null where the figure is no money.",
    "dimensions": "What the figure is of, such as a product.",
    "filters": "What was left out or in.",
    "rows": "How many rows were counted.",
    "compared_with": "The period that the figure is compared with.",
    "score": "How well it fits, from 0 to 1.",
    "price": "The price; null where none is known.",
    "reason": "Why it was chosen, in words.",
    "reasons": "Why it was chosen, by name.",
    "insights": "What stands out, in words.",
    "recommendations": "What to do about it, in words.",
    "job_id": "The job.",
    "JobBody.status": "How far it is.",
    "AcceptedBody.status": "How far it is: `pending`.",
    "HealthResponse.status": "`down` where nothing can be answered, `degraded` where some things are.",
    "progress": "How far it is, from 0 to 100.",
    "result": "What it found, once it has completed; its files are under `links`.",
    "error": "Why it failed, in words.",
    "attempts": "How often it was taken up.",
    "prompt": "The question.",
    "created_at": "When it was asked for.",
    "updated_at": "When it was last changed.",
    "indexed": "Whether the search index has this content already; the full text always has.",
    "excerpt": "What of it was used.",
    "deleted": "How many were erased.",
}
