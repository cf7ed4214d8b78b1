"""Descriptions of data for models to be built for."""

from muslin.data.spec import DataSpec


def make_spec(channels=1, height=28, width=28, classes=10):
    names = tuple(str(i) for i in range(classes))
    return DataSpec(channels, height, width, names, (0.5,) * channels, (0.5,) * channels)
