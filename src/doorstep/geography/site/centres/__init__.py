"""The centre planner: where centres should be, with a bound, and what that means for whom."""
