"""Write data with their labels mended, for `muslin fit`: a table beside the pictures, which stay as they are.

Arrays have no files that a table could name: they are written anew, as a .npz file.
"""

import csv
import io
import os
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from muslin.data.check.findings_table import FORMULA, Mend, read_mends
from muslin.data.images import ImageData, Splits
from muslin.data.sources.source import Places
from muslin.data.split import lacking_classes
from muslin.errors import DataError, SettingError
from muslin.files import replace_file
from muslin.text import join_first, printable

__all__ = ["Mended", "mend_labels", "mended_path"]

NPZ = {"train": "train", "validation": "val", "test": "test"}  # what the keys of a .npz file begin with


@dataclass(frozen=True)
class Mended:
    """Data that were written with other labels.

    Attributes:
        path: the table or .npz file.
        changed: how many labels are others now.
        pictures: how many pictures it has.
    """

    path: Path
    changed: int
    pictures: int

    def as_json(self) -> dict[str, Any]:
        """Returns the whole as plain values."""
        return asdict(self) | {"path": str(self.path)}


def mended_path(source: str, root: Path | None) -> Path:
    """Returns where mended data go that nobody named a place for: beside the data, so that nothing in them changes.

    Args:
        source: what the data are called: a path, or the name of bundled ones, which go to the folder one is in.
        root: the folder that holds their files; None for arrays.
    """
    path = Path(source).resolve() if Path(source).exists() else Path(source)
    if root is None:
        return path.with_name(f"{path.stem}-mended.npz")
    return path.with_name(f"{path.stem if path.is_file() else path.name}-mended.csv")


def mend_labels(table: Path, splits: Splits, places: Places, out: Path) -> Mended:
    """Writes data with the labels that a table of findings says, with all pictures in the splits that they are in.

    Args:
        table: a table of findings, perhaps gone through by a person.
        splits: the data that it was made of.
        places: where their pictures came from.
        out: the file to be; nothing is there yet. For files, it lies in the folder that holds them all, or above.

    Raises:
        DataError: a line of the table does not fit the data, or a class would have no picture left to train on.
        SettingError: `out` is there, or is not where it can be.
    """
    if out.exists() or out.is_symlink():
        raise SettingError(
            f"{printable(out)} is there already, and nothing is overwritten; name another file with --out, or remove it"
        )
    labels, changed = mended_labels(read_mends(table), splits, places)
    if lost := lacking_classes(labels["train"], splits.spec.classes):
        raise DataError(
            f"{printable(table)} leaves no picture to train on of {lost}; take lines out of it, or add pictures"
        )
    if places.root is None:
        content: str | bytes = as_npz(splits, labels)
    else:
        content = as_table(splits.spec.classes, places.root, places.names, labels, out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        replace_file(out, content)
    except OSError as error:
        raise SettingError(
            f"cannot write {printable(out)}: {error.strerror or error}; name another file with --out"
        ) from error
    return Mended(out, changed, sum(map(len, labels.values())))


def mended_labels(mends: Sequence[Mend], splits: Splits, places: Places) -> tuple[dict[str, Tensor], int]:
    """Returns each split's labels, mended, and how many are others now.

    Raises:
        DataError: a line names a picture or a class that the data do not have, another label than they have, or a
            second class for one picture.
    """
    classes = {name: label for label, name in enumerate(splits.spec.classes)}
    rows = {name: (split, row) for split, names in places.names.items() for row, name in enumerate(names)}
    labels = {split: data.labels.clone() for split, data in parts_of(splits).items()}
    before = {split: each.clone() for split, each in labels.items()}
    done: dict[str, Mend] = {}
    for mend in mends:
        if mend.name not in rows:
            shown = "a path below the data's folder" if places.root else "a part and a row, such as train[17],"
            raise DataError(
                f"{mend.where}: {printable(mend.name)!r} is not in {printable(splits.name)}; {shown} is needed: remove "
                "the line, or look at the data anew with muslin data doctor"
            )
        split, row = rows[mend.name]
        for name in (mend.label, mend.likely):
            if unicodedata.normalize("NFC", name) not in classes:
                raise DataError(
                    f"{mend.where}: there is no class {printable(name)!r}; known: {join_first(map(printable, classes))}"
                )
        now, wanted = (classes[unicodedata.normalize("NFC", name)] for name in (mend.label, mend.likely))
        if now != before[split][row]:
            raise DataError(
                f"{mend.where}: {printable(mend.name)} is labelled {printable(mend.label)} there, but "
                f"{printable(splits.spec.classes[int(before[split][row])])} in the data; look at the data anew with "
                "muslin data doctor"
            )
        first = done.setdefault(mend.name, mend)
        if first.likely != mend.likely:
            raise DataError(
                f"{mend.where}: {printable(mend.name)} shall be {printable(mend.likely)}, but "
                f"{printable(first.likely)} by {first.where}; keep one of them"
            )
        labels[split][row] = wanted
    changed = sum(int((labels[split] != before[split]).sum()) for split in labels)
    return labels, changed


def parts_of(splits: Splits) -> dict[str, ImageData]:
    """Returns the three parts by name."""
    return {"train": splits.train, "validation": splits.validation, "test": splits.test}


def as_table(
    classes: Sequence[str],
    root: Path,
    names: Mapping[str, Sequence[str]],
    labels: Mapping[str, Tensor],
    out: Path,
) -> str:
    """Returns a table of all pictures, path,label,split, that `muslin fit` reads as the same data.

    Raises:
        SettingError: it would not lie above the pictures.
        DataError: a name cannot stand in a table.
    """
    folder, here = Path(os.path.realpath(root)), Path(os.path.realpath(out.parent))
    if not folder.is_relative_to(here):
        raise SettingError(
            f"{printable(out)} lies beside the pictures' folders, and a table names only what is below it; name a file "
            f"in {printable(folder)} or above with --out"
        )
    above = folder.relative_to(here)
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(["path", "label", "split"])
    for split, each in labels.items():
        for name, label in zip(names[split], each.tolist(), strict=True):
            writer.writerow([_cell(str(above / name)), _class_cell(classes[label]), split])
    try:
        return text.getvalue().encode().decode()
    except UnicodeEncodeError as error:
        raise DataError(
            f"a file below {printable(root)} has a name that is no Unicode, and a table is; rename it, or its folder"
        ) from error


def _cell(path: str) -> str:
    """Returns a path that no spreadsheet takes for a formula, and that means the same."""
    return f"./{path}" if path.startswith(FORMULA) else path


def _class_cell(name: str) -> str:
    if name != name.strip() or not name:
        raise DataError(
            f"class {printable(name)!r} begins or ends with a space, which a table does not keep; rename its folder"
        )
    return name


def as_npz(splits: Splits, labels: Mapping[str, Tensor]) -> bytes:
    """Returns the pictures as they are read, with labels, as a .npz file that `muslin fit` reads as the same data."""
    arrays = {"classes": np.array(splits.spec.classes)}
    for split, data in parts_of(splits).items():
        images = data.images[:, 0] if data.spec.channels == 1 else data.images.permute(0, 2, 3, 1)
        arrays |= {f"{NPZ[split]}_images": images.numpy(), f"{NPZ[split]}_labels": labels[split].numpy()}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()
