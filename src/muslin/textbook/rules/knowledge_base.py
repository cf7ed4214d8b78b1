"""The knowledge base: rules as people write them, asked about one case or about many at once.

Legend: N cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from muslin.errors import DataError, SettingError
from muslin.textbook._checks import bits, finite
from muslin.textbook.rules.beliefs import Beliefs
from muslin.textbook.rules.reader import Reader
from muslin.textbook.rules.rule_set import RuleSet
from muslin.textbook.rules.session import Session

__all__ = ["KnowledgeBase"]


class KnowledgeBase(RuleSet):
    """Rules that are read from text, and what follows from them in one case or in many.

    Attributes and errors as for `RuleSet`.

    >>> base = KnowledgeBase.parse('''
    ... facts sleeves
    ... numbers height
    ... rule tall
    ...     if height > 20
    ...     then tall
    ... rule boot certainty 0.8
    ...     if tall
    ...     and not sleeves
    ...     then class = boot
    ... ''')
    >>> session = base.session(["height = 23"])
    >>> session.best("class"), session.certainty("class = boot")
    ('boot', 0.8)
    >>> print(session.why("class = boot"))
    class = boot (0.8)
      by rule boot (0.8)
        tall (1)
          by rule tall (1)
            height = 23 (1): told
        not sleeves (1): nothing says otherwise
    >>> session.retract("height = 23")
    >>> print(session.why_not("class = boot"))
    class = boot does not hold (0)
      rule boot did not fire
        tall: nothing says so
    """

    @classmethod
    def parse(cls, text: str) -> KnowledgeBase:
        """Reads a knowledge base from text in the package's format; an error names the line."""
        reader = Reader(text)
        return cls(reader.rules, reader.facts, reader.numbers)

    @classmethod
    def load(cls, path: str | Path) -> KnowledgeBase:
        """Reads a knowledge base from a file in the package's format; an error names the file and the line."""
        try:
            return cls.parse(Path(path).read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise DataError(f"cannot read the rules {path}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise DataError(f"{path} is not text in UTF-8; save it as such") from error
        except DataError as error:
            raise DataError(f"{path}, {error}") from error

    def __str__(self) -> str:
        declared = {"facts": sorted(map(str, self.facts)), "numbers": sorted(self.numbers)}
        heads = [f"{kind} {', '.join(names)}" for kind, names in declared.items() if names]
        return "\n".join([*heads, *map(str, self.rules)]) + "\n"

    def session(self, told: Iterable[str] = ()) -> Session:
        """Opens a session about one case, with some facts told already."""
        session = Session(self)
        for fact in told:
            session.tell(fact)
        return session

    def evaluate(self, columns: Mapping[str, ArrayLike]) -> Beliefs:
        r"""Draws the conclusions for many cases at once: 10,000 of them take milliseconds.

        Args:
            columns: a column for each of `facts`, N zeros and ones (or booleans), and for each of `numbers`, N finite
                numbers. A fact that is left out is not so in any case; a number must not be.

        Returns:
            What is believed of each case: the same as N sessions would.

        Raises:
            SettingError: a name is unknown, a number is missing, or columns are empty, of different lengths, or hold
                other values than allowed.

        >>> base = KnowledgeBase.parse("numbers height\nrule tall\n if height > 20\n then tall")
        >>> base.evaluate({"height": [12, 30]}).certainty("tall")
        array([0., 1.])
        """
        lacking = sorted(self.numbers - set(columns))
        if lacking or not columns:
            raise SettingError(f"columns lacks {lacking or 'everything'}; every number that is declared must be there")
        shapes = {name: np.shape(column) for name, column in columns.items()}
        if len(set(shapes.values())) > 1 or len(min(shapes.values())) != 1:
            raise SettingError(f"columns have the shapes {shapes}; they must all be (N,)")
        beliefs = self.blank(min(shapes.values())[0])
        for name, column in columns.items():
            if name in self.numbers:
                beliefs.measured[name] = finite(name, column)
            else:
                beliefs.add(self.fact(name), bits(name, column).astype(np.float64))
        return self.conclude(beliefs)
