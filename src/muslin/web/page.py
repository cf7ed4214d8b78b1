"""Pages: templates, the look, and, of those that are one file, scripts inside and a policy that forbids every request.

Whatever comes from outside (names of classes, files, settings) reaches a page through Jinja's escaping; should it ever
fail, the page's Content Security Policy lets no script run but the page's own, which it knows by their SHA-256.
"""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from numpy.typing import NDArray
from PIL import Image

from muslin.look import DARK, LIGHT, Palette, png
from muslin.text import duration, percent, plural, printable

__all__ = ["KINDS", "asset", "data_uri", "environment", "files_of_page", "look", "picture_uri", "render_page"]

KINDS = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}  # that pages load, by suffix


def environment(package: str) -> Environment:
    """Returns the templates of a package's folder `page`; they know how Muslin writes shares, times and names."""
    templates = Environment(
        loader=PackageLoader(package, "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {
        "percent": lambda share, digits=2: "–" if share is None else percent(share, digits),
        "duration": duration, "printable": printable, "plural": plural,
    }  # fmt: skip
    return templates


def render_page(title: str, body: Markup, *, style: str = "", scripts: tuple[str, ...] = ()) -> str:
    """Returns a page as one file that asks for nothing else.

    Args:
        title: text for the window's title.
        body: the page's body, escaped.
        style: CSS besides the look.
        scripts: JavaScript of Muslin's own, in the order in which it runs once the body is there.
    """
    digests = " ".join(f"'sha256-{_digest(script)}'" for script in scripts) or "'none'"
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {digests}"
    page = Markup(
        "<!doctype html>\n"
        '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        "<title>{title}</title>\n<style>\n{look}{style}</style>\n</head>\n<body>\n{body}\n{scripts}</body>\n</html>\n"
    )
    inside = Markup("").join(Markup("<script>{}</script>\n").format(Markup(script)) for script in scripts)  # noqa: S704
    whole = str(
        page.format(policy=policy, title=title, look=Markup(look()), style=Markup(style), body=body, scripts=inside)  # noqa: S704
    )
    return whole.encode("utf-8", "backslashreplace").decode()  # names of files need not be Unicode


def data_uri(content: bytes, kind: str) -> str:
    """Returns a file's content as a URI, of a kind such as `image/png`."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def picture_uri(pixels: NDArray[np.uint8]) -> str:
    """Returns a (1, H, W) or (3, H, W) picture as a PNG in a URI."""
    array = pixels[0] if len(pixels) == 1 else np.ascontiguousarray(pixels.transpose(1, 2, 0))
    return data_uri(png(Image.fromarray(array)), "image/png")


def asset(package: str, name: str) -> str:
    """Returns the text of a file beside a package's templates."""
    return files(package).joinpath(*name.split("/")).read_text(encoding="utf-8")


@cache
def files_of_page(package: str) -> dict[str, bytes]:
    """Returns what a package's served page loads, by its path below the page's own: scripts and styles.

    They are those of the package's folder `page`, and what such pages share: the look, the controls, and the parts.
    """
    shared = files("muslin.web").joinpath("assets")
    found = {"look.css": look().encode(), "controls.css": shared.joinpath("controls.css").read_bytes()}
    return found | dict(_below(shared.joinpath("parts"), "parts/")) | dict(_below(files(package).joinpath("page"), ""))


def _below(folder: Traversable, path: str) -> list[tuple[str, bytes]]:
    found = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            found += _below(entry, f"{path}{entry.name}/")
        elif entry.name.rpartition(".")[2] in KINDS:
            found.append((f"{path}{entry.name}", entry.read_bytes()))
    return found


@cache
def look() -> str:
    """Returns the CSS of every page: the palette as variables, light and dark, and what all pages share."""
    light, dark = (_variables(palette) for palette in (LIGHT, DARK))
    return (
        f":root {{ color-scheme: light dark; {light} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
        + asset("muslin.web", "assets/look.css")
    )


def _variables(palette: Palette) -> str:
    values: dict[str, Any] = {name: getattr(palette, name) for name in ("paper", "mat", "ink", "faint", "muted")}
    values |= {f"series-{n}": colour for n, colour in enumerate(palette.series, 1)}
    values |= {"right": palette.right, "wrong": palette.wrong}
    return " ".join(f"--{name}: {colour};" for name, colour in values.items())


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
