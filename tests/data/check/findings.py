"""Findings for tests."""

from dataclasses import replace

from muslin.data.check.doctor import Findings, Kind, PictureFinding

ONE = PictureFinding("label", "cat/1.png", "train", "cat", "dog", 0.9, "", -5)


def one(kind: Kind = "label", name: str = ONE.name, **changes: object) -> PictureFinding:
    return replace(ONE, kind=kind, name=name, **changes)


def findings(*found: PictureFinding, are_files: bool = True) -> Findings:
    return Findings(
        "pets", are_files, ("cat", "dog"), {"train": 8, "validation": 1, "test": 3}, 0.9, 0.02, found, ("small",)
    )
