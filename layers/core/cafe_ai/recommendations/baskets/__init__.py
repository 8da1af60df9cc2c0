"""What is bought together and when in the day: computed at night, one business a transaction."""
