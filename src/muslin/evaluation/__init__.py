"""Show what a model does: pictures, calibration, a model card."""
