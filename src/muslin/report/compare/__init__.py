"""Runs held against each other: what differs in how they were made, in what they reached, and in what they answer."""
