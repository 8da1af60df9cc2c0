"""Training by night, versions and their promotion, forecasts kept for the API, models on another machine."""
