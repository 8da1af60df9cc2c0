"""What operators look at: the inferences' metrics, drift of inputs and of forecasts."""
