"""The table of Muslin and its rivals says what was measured, and no more."""

from benchmarks.tables.rival_table import rival_rows, rival_sentence, rival_table


def run(accuracy, seconds, curve=()):
    return {"accuracy": accuracy, "seconds": seconds, "trained": "", "curve": [*curve], "versions": {"torch": "2.13.0"}}


RIVALS = {
    "slow": {
        "title": "slow",
        "runs": {"60": run(0.8, 75.0), "600": run(0.931, 599.0, [(100.0, 0.901), (300.0, 0.92)])},
    },
    "quick": {"title": "quick", "runs": {"60": run(0.93, 60.5), "180": run(0.94, 179.0)}},
}


def test_a_row_has_accuracies_within_budgets_and_times_to_accuracies():
    head, *rows = rival_rows(RIVALS)
    slow, quick = (dict(zip(head, row, strict=True)) for row in rows)
    assert slow["in 60 s"] == "80.00 % (1:15)", "a process that took longer than its budget says so"
    assert slow["in 180 s"] == ""
    assert slow["in 600 s"] == "93.10 %"
    assert [slow[f"to {level} %"] for level in (90, 92, 93, 94)] == ["1:40", "5:00", "9:59", ""]
    assert quick["in 60 s"] == "93.00 %"
    assert [quick[f"to {level} %"] for level in (90, 92, 93, 94)] == ["1:00", "1:00", "1:00", "2:59"]


def test_the_table_is_markdown_with_its_surroundings():
    measured_on = {"processor": "a processor", "threads": 2, "date": "2026-01-02"}
    lines = rival_table({"rivals": RIVALS, "measured_on": measured_on}).splitlines()
    assert len({line.count("|") for line in lines[:4]}) == 1
    assert lines[-1] == "On a processor, 2 cores, 2026-01-02; torch 2.13.0."


def test_the_sentence_compares_with_the_best_within_each_budget_that_others_had():
    muslin = {"title": "", "runs": {"60": run(0.9, 60.0), "180": run(0.91, 180.0), "600": run(0.92, 600.0)}}
    slower = {"title": "", "runs": {"60": run(0.7, 60.0)}}
    words = " ".join(rival_sentence({"rivals": {"muslin": muslin, "slower": slower, "slow": RIVALS["slow"]}}).split())
    assert words.startswith("Within 60 and 600 seconds")
    assert "reaches 90.00 and 92.00 %" in words
    assert words.endswith("80.00 and 93.10 %.")
