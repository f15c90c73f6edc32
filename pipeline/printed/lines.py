"""Runs of characters to lines: what stands on one base, side by side.

Runs come in the order of the file, which within a line is nearly always that of reading, so a run goes on with the line
before it where it stands at its right, on the same base or a little above or below (an index, an exponent). Then what
stands on one base without a wide gap is one line, in whatever order the file had it.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from diglot.pipeline.document import is_unspaced
from diglot.pipeline.printed import Line, Run

_WIDE = 0.9  # of the size: a gap that may divide columns
_NARROW = 0.2  # of the size: a gap between words
_SAME_ROW = 0.35  # of the size: less than this apart, two bases are those of one line
_RAISED = 0.6  # of the size: how far an exponent or an index may be off the base
_SMALL = 0.87  # the size of these, of that of their line
_SUPERSCRIPTS = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_SUBSCRIPTS = str.maketrans("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_LIGATURES = {ord(one): unicodedata.normalize("NFKC", one) for one in "ﬀﬁﬂﬃﬄﬅﬆ"}
_ACCENTS = {  # as old fonts of TeX have them, each set over its letter
    "`": "\u0300", "´": "\u0301", "ˆ": "\u0302", "˜": "\u0303", "¯": "\u0304", "˘": "\u0306", "˙": "\u0307",
    "¨": "\u0308", "˚": "\u030a", "˝": "\u030b", "ˇ": "\u030c", "¸": "\u0327",
}  # fmt: skip
_DOTLESS = str.maketrans("ıȷ", "ij")


def lines_of(runs: Sequence[Run]) -> list[Line]:
    """The lines of a page from top to bottom, on one base from left to right; a wide gap divides them."""
    found: list[list[Run]] = []
    for run in runs:
        if found and _goes_on(found[-1], run):
            found[-1].append(run)
        else:
            found.append([run])
    return [line_of(one) for one in _merged(found)]


def line_of(runs: Sequence[Run]) -> Line:
    """Runs from left to right as a line."""
    main = _main(runs)
    mono = all(run.mono for run in runs)
    return Line(
        "".join(_pieces(runs, main, marked=not mono)).translate(_LIGATURES),
        runs[0].left,
        max(run.right for run in runs),
        main.base,
        main.size,
        all(run.bold for run in runs if any(map(str.isalnum, run.text))) and any(run.bold for run in runs),
        mono,
    )


def _main(runs: Sequence[Run]) -> Run:
    """A run with the size and the base of the line: the largest that a fifth of its characters have."""
    printed: Counter[tuple[float, int]] = Counter()
    for run in runs:
        printed[run.size, round(run.base)] += len(run.text)
    many = [(size, count, base) for (size, base), count in printed.items() if 5 * count >= printed.total()]
    size, _, base = max(many or [(size, count, base) for (size, base), count in printed.items()])
    return next(run for run in runs if (run.size, round(run.base)) == (size, base))


def _goes_on(line: Sequence[Run], run: Run) -> bool:
    last = line[-1]
    size = max(last.size, run.size)
    off = min(abs(run.base - last.base), abs(run.base - line[0].base))
    near = -_RAISED * size < run.left - last.right < _WIDE * size
    return near and run.right > last.left and off < (_RAISED * size if _differ(run, last, line[0]) else 0.1 * size)


def _differ(run: Run, last: Run, first: Run) -> bool:
    """Whether one of the runs is an exponent or an index, by its size."""
    sizes = sorted((run.size, last.size, first.size))
    return sizes[0] <= _SMALL * sizes[-1]


def _merged(lines: Iterable[list[Run]]) -> Iterator[list[Run]]:
    """Lines from top to bottom, with those joined that stand on one base side by side."""
    row: list[tuple[Run, list[Run]]] = []
    for main, line in sorted(((_main(line), line) for line in lines), key=lambda one: (one[0].base, one[1][0].left)):
        if row and main.base - row[0][0].base >= _SAME_ROW * main.size:
            yield from _side_by_side(row)
            row = []
        row.append((main, line))
    yield from _side_by_side(row)


def _side_by_side(row: Iterable[tuple[Run, list[Run]]]) -> Iterator[list[Run]]:
    """The lines on one base, those joined that have no wide gap between them."""
    held: list[Run] = []
    right = size = 0.0
    for main, line in sorted(row, key=lambda one: one[1][0].left):
        if held and not -main.size < line[0].left - right < _WIDE * max(size, main.size):
            yield held
            held = []
        right = max(right if held else line[-1].right, *(run.right for run in line))
        held += line
        size = main.size
    if held:
        yield held


def _pieces(runs: Sequence[Run], main: Run, *, marked: bool) -> Iterator[str]:
    """The text of runs: a space where there is a gap, exponents and indices as such, code in backticks if it is marked."""
    before: Run | None = None
    for is_code, same in groupby(_accented(runs), key=lambda run: marked and run.mono):
        inside = list(same)
        words = list(_spaced(inside, main, inside[0]))
        if before and _is_gap(before, inside[0]):
            yield " "
        text = "".join(words)
        yield f"`{text}`" if is_code and "`" not in text and any(map(str.isalnum, text)) else text
        before = inside[-1]


def _spaced(runs: Sequence[Run], main: Run, first: Run) -> Iterator[str]:
    yield _raised(first, main)
    for before, run in pairwise(runs):
        if _is_gap(before, run):
            yield " "
        yield _raised(run, main)


def _is_gap(before: Run, run: Run) -> bool:
    """Whether there is a space between two runs. Chinese and Japanese are set in lines without any."""
    gap = (run.left - before.right) / max(before.size, run.size)
    if is_unspaced(before.text[-1]) and is_unspaced(run.text[0]):
        return gap > 3 * _NARROW
    return gap > _NARROW or (run.spaced and gap > -_NARROW)


def _raised(run: Run, main: Run) -> str:
    """The text of a run, in small characters where it is an exponent or an index and there are such."""
    if run.size > _SMALL * main.size:
        return run.text
    rise = (main.base - run.base) / main.size
    table = _SUPERSCRIPTS if rise > 0.15 else _SUBSCRIPTS if rise < -0.05 else {}
    return run.text.translate(table) if all(ord(c) in table for c in run.text) else run.text


def _accented(runs: Sequence[Run]) -> Iterator[Run]:
    """Runs with each accent that is set over a letter in one character with it."""
    held: Run | None = None
    for run in runs:
        accent = _ACCENTS.get(held.text[-1]) if held else None
        if held and accent and run.left < held.right and run.text[0].isalpha():
            text = unicodedata.normalize("NFC", run.text[0].translate(_DOTLESS) + accent) + run.text[1:]
            joined = held._replace(text=held.text[:-1] + text, right=run.right)
            held = joined
            continue
        if held:
            yield held
        held = run
    if held:
        yield held
