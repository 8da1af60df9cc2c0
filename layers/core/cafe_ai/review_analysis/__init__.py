"""The job that reads a business's reviews and tells what they say."""
