"""Listings, and folders to list."""

from pathlib import Path

from muslin.data.files.listing import Entry, Listing


def fill(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(name.encode())
    return root


def three_each(root: Path, *folders: str) -> Path:
    return fill(root, *(f"{folder}/{i}.png" for folder in folders for i in range(3)))


def names_of(listing: Listing) -> list[tuple[str, str, str]]:
    return [(e.split, e.path.relative_to(listing.root).as_posix(), listing.classes[e.label]) for e in listing.entries]


def listing_of(labels: list[int], split: str = "") -> Listing:
    entries = tuple(Entry(Path(f"/data/{i:03}.png"), label, split) for i, label in enumerate(labels))
    return Listing(Path("/data"), "data", tuple("abc"[: max(labels) + 1]), entries, ())
