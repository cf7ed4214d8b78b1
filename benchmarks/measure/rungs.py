"""What the ladder's rungs say of the garments that the lecture's page shows.

Recorded for the page, in src/muslin/lecture/recorded: each rung learns the same 6,000 training pictures, drawn by lot,
and answers for the pictures of `muslin.lecture.garments.shown_garments`.

python -m benchmarks.measure.rungs
"""

import json
import time
from pathlib import Path

from muslin.data.sources.registry import load_splits
from muslin.files import write_whole
from muslin.ladder.pictures import make_task
from muslin.ladder.registry import RUNGS
from muslin.lecture.garments import shown_garments, test_garments

RECORD = Path(__file__).parents[2] / "src" / "muslin" / "lecture" / "recorded" / "rungs.json"
PICTURES, SEED = 6000, 0


def main() -> None:
    """Fits each rung, asks it, and writes the record."""
    task = make_task(load_splits("fashion-mnist"), PICTURES, SEED)
    images = test_garments()[0][shown_garments()]
    start = time.perf_counter()
    rungs = []
    for kind in RUNGS.values():
        rung = kind(task.classes, SEED)
        rung.fit(task.images, task.labels)
        accuracy = float((rung.predict(task.test_images) == task.test_labels).mean())
        answers = rung.predict(images[:, None])
        rungs.append(
            {"name": kind.name, "summary": kind.summary, "accuracy": round(accuracy, 4), "answers": answers.tolist()}
        )
        print(f"{kind.name}: {accuracy:.3f}, {time.perf_counter() - start:.0f} s", flush=True)
    record = {"pictures": PICTURES, "tested": len(task.test_labels), "seed": SEED, "rungs": rungs}
    write_whole(RECORD, json.dumps(record, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
