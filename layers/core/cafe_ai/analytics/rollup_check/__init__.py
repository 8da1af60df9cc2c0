"""Whether the rollups are what the lines say: checked at night, one business a transaction."""
