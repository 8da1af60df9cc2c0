"""The AI backend for cafés and small shops: what the Lambda functions share."""

import gc

# Importing makes some 200,000 objects and no garbage, nor do requests make much: looking for it less often saves a tenth of
# a cold start.
gc.set_threshold(50_000, 20, 50)
