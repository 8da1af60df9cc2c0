"""Whether the service can answer: each thing it depends on, asked."""
