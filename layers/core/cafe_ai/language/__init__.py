"""What the assistants know of Spanish and English: words, numbers, dates."""
