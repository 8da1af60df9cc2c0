"""How features are kept by entity and moment."""
