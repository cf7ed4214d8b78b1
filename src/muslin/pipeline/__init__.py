"""From data to a reported run, and from a saved run to its scores."""

from muslin.evaluation.evaluate import Evaluation, evaluate_run
from muslin.pipeline.events import Notice, Packing, Run
from muslin.pipeline.job import Job
from muslin.pipeline.prepare import prepare_model
from muslin.pipeline.run import run_recipe

__all__ = ["Evaluation", "Job", "Notice", "Packing", "Run", "evaluate_run", "prepare_model", "run_recipe"]
