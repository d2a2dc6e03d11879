"""What a filter is: batches, steps, rules and verdicts, and the ways to combine and limit them."""
