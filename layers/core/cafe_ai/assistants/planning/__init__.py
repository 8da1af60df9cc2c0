"""Questions turned into plans: by rules or by a language model, and what every planner needs."""
