"""The service's own metrics, over all businesses: how much was asked, how long it took, what it cost and what failed."""
