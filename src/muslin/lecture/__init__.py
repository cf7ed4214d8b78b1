"""The lecture's page: text that stands in docs/lecture.md, values that the textbook computes, drawings that move."""
