"""Whether a shop still is what its models learnt from: its products' features, and how far forecasts miss."""
