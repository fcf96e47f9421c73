"""What a reference file is: its columns, what may stand in them, and how its rows may follow each other."""

from dataclasses import dataclass
from typing import Literal

Type = Literal["text", "date", "time", "integer", "number"]
Ordered = tuple[str, Literal["<", "<="], str]


@dataclass(frozen=True, slots=True)
class Column:
    """*codes* lists the values allowed, *pattern* their form; *refers_to* is a file whose first column has them."""

    name: str
    type: Type = "text"
    required: bool = True
    codes: tuple[str, ...] = ()
    pattern: str = ""
    refers_to: str = ""
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One file and its table. Rows of one *key* must not overlap: in [valid_from, valid_to), and in hours if *hours*.

    Without dates a key may stand once. *ordered* says which column must come before ("<") or not after ("<=") which.
    """

    file: str
    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    ordered: tuple[Ordered, ...] = ()
    hours: bool = False
    required: bool = False

    @property
    def is_dated(self) -> bool:
        return self.columns[-1].name == "valid_to"
