"""The AI backend for cafés and small shops: what the Lambda functions share."""
