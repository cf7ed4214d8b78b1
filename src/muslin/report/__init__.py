"""What is made of a run from its folder alone: its record, its card, its pictures."""
