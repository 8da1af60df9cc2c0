"""What there is in template.yaml, by what it does, said once more for the tests to compare it with."""

from cafe_ai.jobs.model import JobKind

SEARCHING = {
    "QueryFunction",
    "RecommendFunction",
    "ProductSuggestionsFunction",
    "DocumentsFunction",
    "IndexerFunction",
    "ProductRecommendationsJobFunction",
}
WRITING = {"SalesAnalysisFunction", "ReportNarrateFunction"}  # they call the language model and search nothing
DRAWING = {"ReportRenderFunction"}
LEARNING = {
    "CustomerBehaviorJobFunction",
    "InventoryForecastJobFunction",
    "TrainModelsJobFunction",
}  # they train or use a model of ml/
READING = {"ReviewAnalysisJobFunction"}  # reviews, with E5: it calls no paid model
WITHOUT_DATABASE = {"TokenClaimsFunction"}
BUCKETS = {"REPORTS_BUCKET": "ReportsBucket", "MODELS_BUCKET": "ModelsBucket"}
PREFIXES = {"ReportsBucket": {"work/", "reports/"}, "ModelsBucket": {"models/"}}
QUEUE_VARIABLES = {"AUDIT_QUEUE_URL": "AuditQueue", "INDEX_QUEUE_URL": "IndexQueue"}
JOB_QUEUES = {
    JobKind.SALES_REPORT: ("SalesReportQueue", "SalesReportJobFunction"),
    JobKind.PRODUCT_RECOMMENDATIONS: ("ProductRecommendationsQueue", "ProductRecommendationsJobFunction"),
    JobKind.CUSTOMER_BEHAVIOR: ("CustomerBehaviorQueue", "CustomerBehaviorJobFunction"),
    JobKind.INVENTORY_FORECAST: ("InventoryForecastQueue", "InventoryForecastJobFunction"),
    JobKind.REVIEW_ANALYSIS: ("ReviewAnalysisQueue", "ReviewAnalysisJobFunction"),
    JobKind.TRAIN_MODELS: ("TrainModelsQueue", "TrainModelsJobFunction"),
    JobKind.CLEANUP: ("CleanupQueue", "CleanupJobFunction"),
}
NAMED_QUEUES = {**{kind.value: queue for kind, (queue, _) in JOB_QUEUES.items()}, "notifications": "NotificationsQueue"}
