"""How a model answers: views of a picture, scores of a data set, a saved classifier."""
