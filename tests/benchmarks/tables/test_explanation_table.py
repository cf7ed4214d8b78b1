"""What is said of how fast explanations are, is what was measured."""

from benchmarks.tables.explanation_table import speed_sentence

RESULT = {
    "grad_cam_pictures_per_second": 2500,
    "grad_cam_to_captum": 1.44,
    "neighbours_features": 128,
    "neighbours_seconds": 2.04,
    "sklearn_seconds": 4.4,
    "report_seconds": 9.6,
    "report_fit_seconds": 98.8,
    "measured_on": {"processor": "a processor", "threads": 2, "torch": "2.13.0", "date": "2026-01-02"},
}


def test_seconds_stand_beside_those_of_others():
    words = " ".join(speed_sentence(RESULT).split())
    assert (
        "2,500 pictures/s of 28 x 28 by the model of `coffee`, 1.4 times as many as captum at the same layer" in words
    )
    assert "in 128 features, take 2.0 s, scikit-learn's brute search 4.4 s" in words
    assert "`muslin report` of a run of `coffee`, which itself took 1:39, takes 9.6 s as a whole process" in words
