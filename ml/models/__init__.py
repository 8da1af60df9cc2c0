"""What is learnt: demand, customers' lifetimes, the sentiment of reviews."""
