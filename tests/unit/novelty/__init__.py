"""What is new: names, rules, guards, and the laws they keep together."""
