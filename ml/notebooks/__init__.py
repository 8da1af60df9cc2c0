"""Analyses of real data, each an executed notebook, and what runs and checks them; README.md says how to write one."""
