"""Questions whose answers their users approved, without personal data: they show how to plan, and train models."""
