"""What the numbers foretell: features (pipelines), what is learnt from them (models), how that is served and watched.

It stands on cafe_ai's models and repositories, never the reverse; only functions/workers import it, for heavy work is a job.
"""
