"""What systems, cameras and programs put beside pictures, told by its name."""

from pathlib import Path

__all__ = ["is_ignored", "kind_of"]

SYSTEM = {
    "thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin", "system volume information",  # Windows
    "__macosx", "icon\r",  # macOS
    "lost+found",  # Linux: often not to be entered
    "@eadir", "#recycle", "#snapshot", "@recycle", "@recently-snapshot",  # network storage
    "__pycache__", "picasa.ini",
}  # fmt: skip
NOT_PICTURES = {
    ".txt", ".json", ".jsonl", ".csv", ".tsv", ".md", ".rst", ".xml", ".html", ".yaml", ".yml", ".toml",
    ".ini", ".log",
    ".npy", ".npz", ".mat", ".pkl", ".pt", ".pth", ".h5", ".hdf5", ".onnx", ".safetensors", ".tfrecord",
    ".parquet", ".db", ".py", ".ipynb",
    ".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".md5", ".sha256", ".lnk", ".url",
    ".identifier", ".attrs", ".xmp", ".aae", ".thm", ".lrv",  # `0.jpg:Zone.Identifier`, edits, ratings
    ".pp3", ".dop",
    ".mov", ".mp4", ".m4v", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".3gp", ".mts", ".mp3", ".m4a", ".wav",
}  # fmt: skip


def is_ignored(name: str) -> bool:
    """Whether a file or a folder of that name is hidden or the system's."""
    return name.startswith(".") or name.lower() in SYSTEM


def kind_of(name: str) -> str:
    """Returns what a file or folder is by its name: its suffix, `hidden`, the system's name; nothing for a picture."""
    if is_ignored(name):
        return "hidden" if name.startswith(".") else name
    suffix = Path(name).suffix.lower()
    return suffix if suffix in NOT_PICTURES else ""
