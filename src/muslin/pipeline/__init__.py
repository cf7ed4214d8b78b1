"""From data to a reported run, and from a saved run to its scores."""

from muslin.evaluation.evaluate import Evaluation, evaluate_run
from muslin.pipeline.prepare import prepare_model
from muslin.pipeline.run import Run, run_recipe

__all__ = ["Evaluation", "Run", "evaluate_run", "prepare_model", "run_recipe"]
