"""Why a classifier answers as it does: a file an explanation, `(classifier, images) -> arrays`; none draws."""
