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
