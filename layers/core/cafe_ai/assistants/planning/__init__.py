"""Questions turned into plans: the planner of rules, and what every planner needs."""
