"""Every metric that the service writes: its unit, its dimensions and what it says.

CloudWatch makes a metric of each name and each set of dimensions that a line names, and charges 0.30 dollars a month for
each (by the hour: one that is written once a night costs a cent). So there are two dimensions and no other: endpoint (some
40: the API's, the kinds of jobs, the scheduled functions) for what people wait for, model (as many as are configured) for
what inferences use, and neither for what only its sum is asked of. [] is a set too: the sum over all of them, which alarms
look at, as they need no arithmetic then. docs/metrics.md is made of this table.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Unit = Literal["Count", "Milliseconds", "Seconds", "None"]
DimensionSets = tuple[tuple[str, ...], ...]

ENDPOINT_ALONE: DimensionSets = (("endpoint",),)
ENDPOINT: DimensionSets = (("endpoint",), ())
MODEL: DimensionSets = (("model",), ())
IN_ALL: DimensionSets = ((),)


class Metric(NamedTuple):
    """dimensions: a metric of each set. share: 0 or 1 of each request, so that the average is a share, however often counted."""

    unit: Unit
    dimensions: DimensionSets
    meaning: str
    share: bool = False


OF_REQUESTS = ("Requests", "Errors")
"""Of messages, scheduled runs and steps they are written by endpoint alone: in all they are the API's, which people wait for."""

CATALOGUE: dict[str, Metric] = {
    # Requests, messages, scheduled runs and the steps of reports
    "Requests": Metric("Count", ENDPOINT, "requests to the API; by endpoint also messages, runs and steps"),
    "Errors": Metric("Count", ENDPOINT, "1 where it failed by our fault (5xx), 0 otherwise", share=True),
    "RateLimited": Metric("Count", ENDPOINT, "1 where the user asked too often (429), 0 otherwise", share=True),
    "Latency": Metric("Milliseconds", ENDPOINT, "from the request's arrival in the function to its answer"),
    # Inferences
    "Tokens": Metric("Count", MODEL, "tokens that inferences used, in and out"),
    "CostUsd": Metric("None", MODEL, "dollars that inferences cost, at list prices"),
    "Degraded": Metric("Count", MODEL, "1 where no language model could be used, 0 otherwise", share=True),
    "AuditSpooled": Metric("Count", IN_ALL, "inferences that the queue keeps for the audit table"),
    "AuditLost": Metric("Count", IN_ALL, "inferences that neither the audit table nor the queue took"),
    # Texts that were not let through as they were
    "ProseRefused": Metric("Count", IN_ALL, "a model's texts that the facts took the place of"),
    "NarrationDoubted": Metric("Count", IN_ALL, "our own texts with a figure that is not in the facts: a bug"),
    "NarrationNotRepeated": Metric(
        "Count", IN_ALL, "reports whose text was not asked for again: an earlier try may be billed"
    ),
    "StatementRefused": Metric("Count", IN_ALL, "a model's statements that the facts do not bear out"),
    "FindingDoubted": Metric("Count", IN_ALL, "our own findings with a figure that is not in the facts: a bug"),
    "SummaryRefused": Metric("Count", IN_ALL, "summaries of reports that the facts do not bear out"),
    # Jobs
    "JobsCompleted": Metric("Count", ENDPOINT, "jobs done; the endpoint is their kind"),
    "JobsFailed": Metric("Count", ENDPOINT, "jobs that failed for good; the endpoint is their kind"),
    "JobsRetried": Metric("Count", ENDPOINT, "attempts that failed and are made again; the endpoint is their kind"),
    "JobsHandedOn": Metric("Count", IN_ALL, "reports whose state machine was started"),
    "JobsBusy": Metric("Count", IN_ALL, "messages of jobs that another has in hand"),
    "JobsSwept": Metric("Count", IN_ALL, "overdue jobs that the relay sent anew"),
    "JobsSentAnew": Metric("Count", IN_ALL, "jobs whose message was used up, not their attempts"),
    "JobSeconds": Metric("Seconds", ENDPOINT_ALONE, "how long an attempt took"),
    "QueueAge": Metric("Milliseconds", ENDPOINT_ALONE, "how old a job's message was when it was taken up"),
    "DeadLettersKept": Metric("Count", IN_ALL, "dead letters that nobody could read, kept for an operator"),
    "MessagesRelayed": Metric("Count", IN_ALL, "messages that the relay sent in their writers' place"),
    "OutboxAge": Metric("Seconds", IN_ALL, "age of the oldest message that the relay had to send; 0 without one"),
    "NotificationsSent": Metric("Count", IN_ALL, "e-mails and webhooks delivered"),
    "NotificationsRetried": Metric("Count", IN_ALL, "deliveries that failed and are tried again"),
    "NotificationsFailed": Metric("Count", IN_ALL, "deliveries that were given up"),
    # What runs by itself
    "WeeklyReports": Metric("Count", IN_ALL, "weekly reports started"),
    "Trainings": Metric("Count", IN_ALL, "nightly trainings started"),
    "ReviewAnalyses": Metric("Count", IN_ALL, "nightly readings of reviews started"),
    "CleanedJobs": Metric("Count", IN_ALL, "jobs past their time removed"),
    "CleanedFiles": Metric("Count", IN_ALL, "files of jobs removed"),
    "CleanedDeliveries": Metric("Count", IN_ALL, "deliveries past their time removed"),
    "CleanedConversations": Metric("Count", IN_ALL, "conversations past their time removed"),
    "CleanedAuditTexts": Metric("Count", IN_ALL, "audited prompts and answers past their time emptied"),
    "CleanedFeedbackComments": Metric("Count", IN_ALL, "comments past their time emptied"),
    "CleanedDeadLetters": Metric("Count", IN_ALL, "dead letters past their time removed"),
    "CleanedExamples": Metric("Count", IN_ALL, "examples past their time removed"),
    "CleanedTraces": Metric("Count", IN_ALL, "tombstones, rates and searches in vain past their time removed"),
    "Erasures": Metric("Count", IN_ALL, "customers and businesses forgotten at a shop's wish"),
    "BasketsComputed": Metric("Count", IN_ALL, "businesses whose baskets were counted"),
    "BasketsFailed": Metric("Count", IN_ALL, "businesses whose baskets could not be counted"),
    "BasketsLeft": Metric("Count", IN_ALL, "businesses whose baskets there was no time for"),
    "RollupsChecked": Metric("Count", IN_ALL, "businesses whose daily figures were compared with their orders"),
    "RollupChecksFailed": Metric("Count", IN_ALL, "businesses whose daily figures could not be compared"),
    "RollupMismatch": Metric("Count", IN_ALL, "days whose figures were not what the orders say, and were mended"),
    # Search
    "Searches": Metric("Count", IN_ALL, "searches of the catalogue and the documents"),
    "SearchesDegraded": Metric("Count", IN_ALL, "1 where the vector store could not be used, 0 otherwise", share=True),
    "DocumentsIndexed": Metric("Count", IN_ALL, "documents brought into the index, or out of it"),
    "IndexDeferred": Metric("Count", IN_ALL, "businesses whose changes wait for the next run"),
    "EmbeddingsMade": Metric("Count", IN_ALL, "texts embedded"),
    "EmbeddingsCached": Metric("Count", IN_ALL, "texts whose embedding was known"),
    # Models of our own
    "ModelsPromoted": Metric("Count", IN_ALL, "trained models that took the place of the one in use"),
    "ModelsKept": Metric("Count", IN_ALL, "trained models that were no better"),
    "ModelsRejected": Metric("Count", IN_ALL, "trained models that were not good enough"),
    "ModelsCorrupt": Metric("Count", IN_ALL, "stored models that are not what was stored, and are not used"),
    "ForecastersFailed": Metric("Count", IN_ALL, "forecasts that a simpler way had to make"),
    "SeriesForetold": Metric("Count", IN_ALL, "products whose demand was foretold and stored"),
    "ModelServerRows": Metric("Count", IN_ALL, "rows that the model server worked out"),
    "ModelServerFailures": Metric("Count", IN_ALL, "times that the model server gave no answer"),
    "DriftAlertsRaised": Metric("Count", IN_ALL, "alerts that a shop is not what its models learnt from"),
    "DriftAlertsStandingInputs": Metric("Count", IN_ALL, "those that stand, of what models are given"),
    "DriftAlertsStandingForecasts": Metric("Count", IN_ALL, "those that stand, of what models foretell"),
    # What it all stands on, asked each minute
    "DatabaseUp": Metric("Count", IN_ALL, "1 where the database answered, 0 where it did not", share=True),
    "DatabaseLatency": Metric("Milliseconds", IN_ALL, "how long the database took to answer, or not to"),
    "VectorStoreUp": Metric("Count", IN_ALL, "1 where the vector store answered, 0 where it did not", share=True),
    "VectorStoreLatency": Metric("Milliseconds", IN_ALL, "how long the vector store took to answer, or not to"),
}
