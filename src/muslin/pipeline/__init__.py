"""From data to a reported run."""

from muslin.pipeline.run import Run, run_recipe

__all__ = ["Run", "run_recipe"]
