"""The commands of `cafe-ai`; each module adds its parsers and runs them."""
