"""What is made of a run from its folder alone: card, pictures."""
