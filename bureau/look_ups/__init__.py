"""Look-ups of people: purpose, admission, budget, audit and watch."""
