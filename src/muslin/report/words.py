"""What a report's figures mean, in sentences."""

from collections.abc import Mapping
from typing import Any

from muslin.text import percent

__all__ = ["calibration_in_words", "curves_in_words", "in_words"]


def in_words(accuracy: float) -> str:
    """Returns what an accuracy means."""
    wrong = 1 - accuracy
    if not wrong:
        return "It made no mistake on them."
    if wrong < 0.5:
        return f"About one answer in {round(1 / wrong):,} is wrong."
    return f"It is wrong more often than right: in {percent(wrong, 0)} of all answers."


def curves_in_words(facts: Mapping[str, Any]) -> str:
    """Returns what the curves show, in a sentence."""
    known = [each for each in facts["epochs"] if each["validation_loss"] is not None]
    if not known:
        return "No epoch has a validation loss."
    best = min(known, key=lambda each: each["validation_loss"])
    return (
        f"The validation loss was lowest after epoch {best['epoch']} of {facts['epochs'][-1]['epoch']}, at "
        f"{best['validation_loss']:.4f} nats with {percent(best['validation_accuracy'], 2)} right. Training pictures "
        "are augmented and their labels smoothed, so that their loss is the higher one."
    )


def calibration_in_words(facts: Mapping[str, Any]) -> str:
    """Returns what the calibration says, in a few sentences."""
    figures, calibration = facts["figures"], facts["calibration"]
    if not figures or not figures["before"]:
        return ""
    before, after = figures["before"], figures["after"]
    gap = before["confidence"] - figures["accuracy"]
    kind = "more" if gap > 0 else "less"
    text = (
        f"As trained, the model says {percent(before['confidence'], 1)} on average and is right in "
        f"{percent(figures['accuracy'], 1)}: {kind} sure than it is right. "
    )
    if after:
        text += (
            f"A temperature of {calibration['temperature']:.3f}, chosen on {calibration['pictures']:,} validation "
            f"pictures, brings this to {percent(after['confidence'], 1)}; all probabilities in this report, and "
            "those of muslin predict, are calibrated so. "
        )
    if figures["sure"]:
        text += (
            f"Below {percent(calibration['threshold'], 1)} it had better say “not sure” (the circle): on the "
            "validation set, answers above that are wrong at most half as often as all are."
        )
    return text.strip()
