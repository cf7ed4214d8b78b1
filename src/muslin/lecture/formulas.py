"""Formulas as the page gets them: trees of plain values, which it makes elements of, and never markup."""

from html import unescape
from typing import Any
from xml.etree import ElementTree as ET

from latex2mathml.converter import convert_to_element

__all__ = ["mathml"]


def mathml(latex: str) -> list[Any]:
    """Returns a formula of the project's own as a tree of MathML: [tag, attributes, text or children].

    >>> mathml("x")
    ['math', {'xmlns': 'http://www.w3.org/1998/Math/MathML', 'display': 'inline'}, [['mrow', {}, [['mi', {}, 'x']]]]]
    """
    return _tree(convert_to_element(latex))


def _tree(element: ET.Element) -> list[Any]:
    return [element.tag, dict(element.attrib), [_tree(child) for child in element] or unescape(element.text or "")]
