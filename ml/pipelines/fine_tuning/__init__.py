"""Approved examples as files to fine-tune a planner with: training and held-out questions, checked, and what they cost."""
