"""Planning by a language model, examined: candidate and present model answer the held-out questions, and who did better.

It stands among the models, as what is fine-tuned is one: its files come from `ml.pipelines.fine_tuning`.
"""
