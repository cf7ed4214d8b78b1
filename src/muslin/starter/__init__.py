"""A project of one's own: the files of the lecture, filled in for a data set, to be read and changed."""
