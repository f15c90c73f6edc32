"""Mojibake undone, clean text untouched, and a plan of what was done.

Mojibake is text whose bytes were written in one encoding and read in another. It is found and judged by one measure, the
bits that the character model of :mod:`diglot.pipeline.plausibility` needs to say a text:

1. Suspicion. Stretches where surprise adds up faster than it does in any language (a maximal sum, as in Kadane's algorithm,
   over the bits of character pairs). Clean prose has next to none, so this decides the speed.
2. Explanation. For each suspicious stretch every misreading that could have made it (:mod:`diglot.pipeline.misreading`)
   is tried roughly, the best few by search. A reading is taken when it saves more bits than it takes to say that
   something happened at all. What comes out may itself be mojibake: then the same again, and the whole is judged.
3. The document. A misreading that was found once explains fainter traces in the same document, which alone would prove
   nothing: a lost byte in an otherwise clean word.

Where bytes are lost, characters alone do not always decide: a judge of whole lines, such as a language model, may be asked
to choose among the best readings (:data:`Judge`).

ftfy, which knows more accidents (CESU-8, a no-break space turned to a space), proposes a reading too, under the same judge.

Code spans and fences are left alone, since they may show mojibake on purpose, unless all the prose around was misread.
"""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, groupby
from math import inf
from operator import add, itemgetter
from typing import NamedTuple

from diglot.pipeline.misreading import (
    CERTAIN,
    GAP,
    MULTI_BYTE,
    OPEN,
    SINGLE_BYTE,
    STRAY,
    Atom,
    Misreading,
    lossless,
    misreadings,
    options,
    rough_readings,
    search,
)
from diglot.pipeline.plausibility import model

DRIFT = 9.0  # bits a character: surprise beyond this adds up
SUSPICIOUS = 16.0  # bits in sum, seldom reached by clean East Asian text
SUSPICIOUS_MIXED = 6.0  # in lines that are not mostly East Asian
SUSPICIOUS_LATIN = 5.5  # where no East Asian character is near
NEED = 5.0  # bits that an explanation must save beyond its cost
WITNESS = 4.0  # bits that the rules of ftfy are worth where nothing else is found
KNOWN = -10.0  # what an explanation costs that holds elsewhere in the document
SLACK = 16.0  # bits: a rough reading may be worse by so much, character by character, than what it explains
GAP_LATIN, GAP_EAST_ASIAN = 10.0, 16.0  # bits of a place that cannot be read, at a rough look
TRIED = 4  # misreadings searched in earnest
REACH = 24  # characters that a stretch is widened by on each side
NEAR = 3  # stretches nearer than that to each other are one
LONGEST = 1500  # characters looked at in one go
UNPAIRED = 10.0  # bits: a bracket without its partner in the line
NESTED, STACKS = 8, 8  # brackets open at a time, and ways to have them open that are followed
READINGS, FOLLOWED = 12, 60  # of a line: shown to a judge, and kept while they are made
IN_DOUBT = 8.0  # bits: a reading that takes so many more than the best is not shown
LONGEST_JUDGED = 400  # characters of a line
JUDGED = 0.5  # what a bit of the judge counts beside one of the character model
DEPTH = 4  # misreadings one after the other
EVERYTHING = 3  # lines: where as many were misread and none was not, the code was misread too
EAST_ASIAN = "\u2e80"
EAST_ASIAN_RUN = re.compile(f"[{EAST_ASIAN}-\U0010ffff]+")
BRACKETS = dict(zip("「『【〔〖〘〈《（［｛“«‹", "」』】〕〗〙〉》）］｝”»›", strict=True))
CLOSING = {close: opening for opening, close in BRACKETS.items()}
MARKS = re.compile(f"[{re.escape(''.join((*BRACKETS, *CLOSING)))}]")
_WHATWG = {
    "latin-1": "iso-8859-1",
    "macroman": "mac-roman",
    "sloppy-windows-1252": "windows-1252",
}  # what ftfy calls otherwise


Judge = Callable[[Sequence[str]], Sequence[float] | None]
"""How many bits each of some readings of one line takes, by any language model; None where it does not know the language."""


@dataclass(frozen=True, slots=True)
class Step:
    """One repaired place.

    ``original`` and ``repaired`` are its positions (code points) in the text before and after, ``line`` its line (from 1).
    ``before`` stood for ``after``; ``misread`` is what had happened, in that order: (written, read) encodings. ``certain``
    is False where bytes are lost and the context does not decide. ``before == after`` marks a loss that stays (U+FFFD).
    """

    original: int
    repaired: int
    line: int
    before: str
    after: str
    misread: tuple[Misreading, ...]
    certain: bool


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text with its mojibake undone, and the plan of what was done, in the order of the text."""

    text: str
    plan: tuple[Step, ...]


def repair(text: str, judge: Judge | None = None) -> Repaired:
    """Undo the mojibake in a text; ``judge`` is asked only about lines of which bytes are lost.

    >>> repair("Le cafÃ© est prÃªt, dit-elle.").text
    'Le café est prêt, dit-elle.'
    >>> repair("Le café est prêt : « À table ! »").plan
    ()
    """
    if text.isascii():
        return Repaired(text, ())
    lines = text.split("\n")
    mended: dict[int, list[Atom]] = {}
    current = lines.copy()
    where: Iterable[int] = range(len(lines))
    for _ in range(DEPTH):  # what is put right may show more
        if not (found := _found(current, where)):
            break
        where = found.keys()
        for number, atoms in found.items():
            mended[number] = compose(mended[number], atoms) if number in mended else atoms
            current[number] = _after(atoms)
    _tell_alike(mended)
    for number, atoms in mended.items():
        mended[number] = _judged(_paired(atoms), judge) if judge else _paired(atoms)
    plan = tuple(_steps(lines, mended))
    return Repaired(apply(plan, text), plan)


def _found(lines: Sequence[str], where: Iterable[int]) -> dict[int, list[Atom]]:
    """By line, what is to be repaired: what shows in some lines, then what the misreadings known by then explain in any."""
    code = code_ranges(lines) if any("`" in line or "~~~" in line for line in lines) else {}
    found: dict[int, list[Atom]] = {}
    for number in where:
        line = lines[number]
        if not line.isascii() and (atoms := _mend_around(line, code.get(number, []))):
            found[number] = atoms
    if known := _known(found.values()):
        prose = [number for number, line in enumerate(lines) if number not in code and not line.isascii()]
        everything = len(prose) >= EVERYTHING and all(number in found for number in prose)
        _look_again(lines, found, {} if everything else code, known)
    return found


def _known(found: Iterable[list[Atom]]) -> tuple[Misreading, ...]:
    """The misreadings found, the commonest first."""
    times = Counter(misreading for atoms in found for atom in atoms for misreading in atom.misread)
    return tuple(misreading for misreading, _ in times.most_common(TRIED))


def _look_again(
    lines: Sequence[str],
    found: dict[int, list[Atom]],
    code: dict[int, list[tuple[int, int]]],
    known: tuple[Misreading, ...],
) -> None:
    """Add what the misreadings known of the document explain besides."""
    for number, line in enumerate(lines):
        if line.isascii():
            continue
        atoms = found.get(number) or [Atom(line, line)]
        reading = _after(atoms)
        ranges = code.get(number, [])
        if ranges and atoms[0].before != line:  # places of the line as it was
            ranges = list(_code_spans(reading))
        if more := _mend_around(reading, ranges, known):
            found[number] = compose(atoms, more)


def _after(atoms: Iterable[Atom]) -> str:
    return "".join(atom.after for atom in atoms)


def _tell_alike(mended: dict[int, list[Atom]]) -> None:
    """Name one misreading for all that it explains: most code pages agree on most characters, and one was used."""
    known = _known(mended.values())
    pairs = Counter((a.before, a.after) for atoms in mended.values() for a in atoms if len(a.misread) == 1)
    explained = {m: sum(n for (before, after), n in pairs.items() if lossless(before, m) == after) for m in known}
    known = tuple(sorted(known, key=explained.__getitem__, reverse=True))
    for number, atoms in mended.items():
        mended[number] = [atom._replace(misread=_told(atom, known)) for atom in atoms]


def _told(atom: Atom, known: Iterable[Misreading]) -> tuple[Misreading, ...]:
    if len(atom.misread) != 1:
        return atom.misread
    return next(((misreading,) for misreading in known if lossless(atom.before, misreading) == atom.after), atom.misread)


def _paired(atoms: list[Atom]) -> list[Atom]:
    """Brackets that lost a byte as their partners in the line have them.

    Of all ways to read these places the one with the fewest bits is taken, where a bracket alone takes UNPAIRED: a beam
    search from left to right over the brackets that are open.
    """
    choices = _bracket_choices(atoms)
    if not choices:
        return atoms
    beam = {"": _Chosen(0.0)}
    for i, atom in enumerate(atoms):
        if i in choices:
            beam = _followed(beam, choices[i], i)
        elif marks := "".join(MARKS.findall(atom.after)):
            beam = _followed(beam, {marks: 0.0})
    way = min(beam.items(), key=lambda item: item[1].bits + UNPAIRED * len(item[0]))[1]
    paired = list(atoms)
    while way.before:
        atom = paired[way.atom]
        paired[way.atom] = atom._replace(after=way.text, certain=atom.certain and way.text == atom.after)
        way = way.before
    for i in _matched(paired) & choices.keys():
        paired[i] = paired[i]._replace(certain=_is_certain(paired[i].after, choices[i]))
    return paired


def _is_certain(bracket: str, choices: Mapping[str, float]) -> bool:
    """Whether a bracket that has its partner is probable enough: another would leave two alone, a comma one."""
    rivals = (bits + UNPAIRED * (2 if MARKS.match(char) else 1) for char, bits in choices.items() if char != bracket)
    return 1 / (1 + sum(2 ** min(choices[bracket] - bits, 60.0) for bits in rivals)) >= CERTAIN


def _matched(atoms: Iterable[Atom]) -> set[int]:
    """The atoms with a bracket that has its partner."""
    found: set[int] = set()
    opened: list[tuple[str, int]] = []
    for i, atom in enumerate(atoms):
        for char in MARKS.findall(atom.after):
            if char in BRACKETS:
                opened.append((char, i))
            elif opened and opened[-1][0] == CLOSING[char]:
                found |= {i, opened.pop()[1]}
    return found


def _judged(atoms: list[Atom], judge: Judge) -> list[Atom]:
    """The reading of a line that takes the fewest bits by the character model and a judge together."""
    found = _readings(atoms) if sum(len(atom.after) for atom in atoms) <= LONGEST_JUDGED else []
    judged = judge(["".join(texts) for _, texts in found]) if len(found) > 1 else None
    if judged is None:
        return atoms
    _, best = min((bits + JUDGED * more, texts) for (bits, texts), more in zip(found, judged, strict=True))
    return [a._replace(after=text, certain=a.certain and text == a.after) for a, text in zip(atoms, best, strict=True)]


def _readings(atoms: list[Atom]) -> list[tuple[float, tuple[str, ...]]]:
    """The readings of a line where characters lost bytes that may well be meant: the bits, and atom by atom the texts.

    A beam search; the bits are up to what all readings have in common.
    """
    beam: list[tuple[float, str, tuple[str, ...]]] = [(0.0, "\n\n", ())]
    for atom in atoms:
        possible = _choices(atom)
        beam = [
            (bits + more + model().bits(text[:2], before), (before + text)[-2:], (*texts, text))
            for bits, before, texts in beam
            for text, more in possible.items()
        ]
        if len(possible) > 1:
            beam = sorted(beam)[:FOLLOWED]
    found = sorted((bits + model().bits("\n", before), texts) for bits, before, texts in beam)[:READINGS]
    return [one for one in found if one[0] <= found[0][0] + IN_DOUBT]


def _choices(atom: Atom) -> Mapping[str, float]:
    """The characters that an atom may stand for, and their bits; brackets were decided with their partners."""
    if len(atom.after) == len(atom.misread) == 1 and not MARKS.match(atom.after):
        possible = options(atom.before, atom.misread[0])
        if atom.after in possible:
            return {char: bits for char, bits in possible.items() if not MARKS.match(char)}
    return {atom.after: 0.0}


class _Chosen(NamedTuple):
    """The last place that was decided on a way, and the ways before."""

    bits: float
    atom: int = -1
    text: str = ""
    before: "_Chosen | None" = None


def _followed(beam: Mapping[str, _Chosen], possible: Mapping[str, float], atom: int = -1) -> dict[str, _Chosen]:
    """The best ways, by the brackets that are open, after what may stand next; ``atom`` is where it is to be decided."""
    reached: dict[str, _Chosen] = {}
    for opened, way in beam.items():
        for text, more in possible.items():
            still_open, alone = _open_after(opened, text)
            bits = way.bits + more + UNPAIRED * alone
            if still_open not in reached or bits < reached[still_open].bits:
                reached[still_open] = way._replace(bits=bits) if atom < 0 else _Chosen(bits, atom, text, way)
    return dict(sorted(reached.items(), key=lambda item: item[1].bits)[:STACKS])


def _bracket_choices(atoms: list[Atom]) -> dict[int, dict[str, float]]:
    """By atom, where a bracket may have lost a byte: the characters that may stand there and their bits."""
    text, at, choices = "\n\n" + _after(atoms) + "\n\n", 2, {}
    for i, atom in enumerate(atoms):
        if len(atom.after) == len(atom.misread) == 1:
            possible = options(atom.before, atom.misread[0])
            if atom.after in possible and any(char in BRACKETS or char in CLOSING for char in possible):
                left, right = text[at - 2 : at], text[at + 1 : at + 3]
                choices[i] = {char: model().bits(char + right, left) + bits for char, bits in possible.items()}
        at += len(atom.after)
    return choices


def _open_after(opened: str, text: str) -> tuple[str, int]:
    """The brackets that are open after a text, and how many turned out to have no partner."""
    alone = 0
    for char in text:
        if char in BRACKETS:
            alone += len(opened) >= NESTED
            opened = (opened + char)[-NESTED:]
        elif char in CLOSING:
            at = opened.rfind(CLOSING[char])
            alone += 1 if at < 0 else len(opened) - 1 - at
            opened = opened if at < 0 else opened[:at]
    return opened, alone


def _mend_around(line: str, code: Sequence[tuple[int, int]], known: tuple[Misreading, ...] = ()) -> list[Atom] | None:
    """The atoms of a line, its code left alone; None where nothing is to be done."""
    atoms, changed, end = [], False, 0
    for start, stop in (*code, (len(line), len(line))):
        mended = _mend(line[end:start], known)
        changed = changed or mended is not None
        atoms += mended or [Atom(line[end:start], line[end:start])]
        atoms.append(Atom(line[start:stop], line[start:stop]))
        end = stop
    return atoms if changed else None


def _mend(line: str, known: tuple[Misreading, ...]) -> list[Atom] | None:
    """The atoms of a line, put right until nothing more is found."""
    atoms = None
    for _ in range(DEPTH):
        if not (found := _mend_once(line, known)):
            break
        atoms = compose(atoms, found) if atoms else found
        line = _after(found)
    return atoms


def _mend_once(line: str, known: tuple[Misreading, ...]) -> list[Atom] | None:
    atoms, changed, end = [], False, 0
    for window in _windows(line, known):
        start, stop = max(window[0], end), window[1]
        found = _explanation(line[start:stop], *_context(line, start, stop), known) if start < stop else None
        if not found:
            continue
        first, last = _run(line, end, start, stop)
        if last - first > stop - start:
            whole = _explanation(line[first:last], *_context(line, first, last), known)
            start, stop, found = (first, last, whole) if whole else (start, stop, found)
        atoms += [Atom(line[end:start], line[end:start]), *found.atoms]
        changed, end = True, stop
    return [*atoms, Atom(line[end:], line[end:])] if changed else None


def _run(line: str, least: int, start: int, end: int) -> tuple[int, int]:
    """A stretch with the rest of the non-ASCII runs that it was cut out of: what was misread seldom stops midway."""
    left, right = max(least, end - LONGEST), min(len(line), start + LONGEST)
    while start > left and line[start] > "\x7f" and line[start - 1] > "\x7f":
        start -= 1
    while end < right and line[end - 1] > "\x7f" and line[end] > "\x7f":
        end += 1
    return start, end


def _context(line: str, start: int, end: int) -> tuple[str, str]:
    """Two characters before and after a stretch."""
    return ("\n\n" + line[max(0, start - 2) : start])[-2:], (line[end : end + 2] + "\n")[:2]


def _windows(line: str, known: tuple[Misreading, ...]) -> Iterator[tuple[int, int]]:
    """The stretches of a line that look misread, widened to what may belong to them, and cut where they are very long."""
    windows: list[tuple[int, int]] = []
    runs = (run.span() for run in re.finditer(r"[^\x00-\x7f]+", line))
    for start, end in runs if known else _suspicious(line):
        begin, stop = max(0, start - NEAR), end + NEAR
        if not _likely(line[begin:stop], *_context(line, begin, stop), known):
            continue
        begin, stop = _widened(line, start, end)
        if windows and begin <= windows[-1][1] + NEAR:
            begin, _ = windows.pop()
        windows.append((begin, stop))
    for start, end in windows:
        at = start
        while end - at > LONGEST:
            cut = next((i for i in range(at + LONGEST, at + LONGEST // 2, -1) if line[i] < "\x80"), at + LONGEST)
            yield at, cut
            at = cut
        yield at, end


def _widened(line: str, start: int, end: int) -> tuple[int, int]:
    """A stretch with the non-ASCII characters around it, and two more characters on each side."""
    left, right = max(0, start - REACH), min(len(line), end + REACH)
    while start > left and line[start - 1] > "\x7f":
        start -= 1
    while end < right and line[end] > "\x7f":
        end += 1
    return max(left, start - 2), min(len(line), end + 2)


def _suspicious(line: str) -> Iterator[tuple[int, int]]:
    """Stretches whose bits exceed DRIFT a character by a sum that clean text seldom reaches."""
    bits = map(model().__getitem__, map(add, "\n" + line, line + "\n"))
    total = most = 0.0
    start = end = 0
    for i, surprise in enumerate(chain(bits, (-inf,)), 1):
        total += surprise - DRIFT
        if total > most:
            most, end = total, i
        elif total <= 0.0:
            if most >= SUSPICIOUS_LATIN and _is_enough(most, line, start, end):
                yield start, min(end, len(line))
            total = most = 0.0
            start = i


def _is_enough(bits: float, line: str, start: int, end: int) -> bool:
    """Whether so many bits in sum make a stretch suspicious: Latin text has the fewest surprises."""
    highest = max(line[start:end].replace(GAP, "\x80"), default="")
    if highest < "\x80":
        return False
    return bits >= SUSPICIOUS or highest < EAST_ASIAN or (bits >= SUSPICIOUS_MIXED and _mixed(line))


@lru_cache(2)
def _mixed(line: str) -> bool:
    """Whether a line is not mostly East Asian."""
    return len(EAST_ASIAN_RUN.sub("", line)) * 2 > len(line)


class _Guess(NamedTuple):
    """A misreading to search for, the bits it takes to say that it happened, and those that the reading may take at best."""

    misreading: Misreading
    prior: float
    least: float = 0.0
    charset: str = ""  # an encoding of the script that the reading is in


@dataclass(frozen=True, slots=True)
class _Explanation:
    bits: float
    atoms: list[Atom]


@lru_cache(1 << 12)
def _explanation(text: str, before: str, after: str, known: tuple[Misreading, ...] = ()) -> _Explanation | None:
    """What a stretch stands for, if that takes clearly fewer bits than to take it for clean."""
    best, most = None, model().standing(text + after, before) - NEED
    for guess in _likely(text, before, after, known):
        if guess.least >= most:
            continue
        bits, atoms = _reading(text, guess, before, after)
        reading = _after(atoms)
        if reading == text:
            continue
        deeper = _explanation(reading, before, after) if len(reading) < len(text) and not reading.isascii() else None
        if deeper and deeper.bits + OPEN < bits:  # what stands between needs not be plausible
            both = compose(atoms, deeper.atoms)
            if any(len(atom.misread) > 1 for atom in both):  # else it is another accident, which the next round finds
                bits, atoms = deeper.bits + OPEN, both
        if bits + guess.prior <= most:
            most = bits + guess.prior
            best = _Explanation(most, atoms)
    return best if max(text) >= EAST_ASIAN else _by_ftfy(text, before, after, best, most)


def _by_ftfy(text: str, before: str, after: str, best: _Explanation | None, most: float) -> _Explanation | None:
    """What ftfy makes of a text, if that is more plausible. It proposes only what people write."""
    from ftfy import fix_encoding_and_explain  # 0.1 s: only where something is suspicious

    fixed, steps = fix_encoding_and_explain(text)
    runs = len(re.findall(r"[^\x00-\x7f]+", text))
    bits = OPEN * runs + model().standing(fixed + after, before) + (WITNESS if best else -WITNESS)
    if bits > most or fixed == text or (best and GAP in fixed):
        return best
    encodings = [step.parameter.removeprefix("sloppy-") for step in steps or () if step.action in ("encode", "decode")]
    encodings = [_WHATWG.get(name, name) for name in encodings]
    misread = tuple(map(Misreading, encodings[1::2], encodings[::2]))[::-1] or (Misreading("utf-8", "windows-1252"),)
    start = _common(text, fixed)
    end = len(text) - _common(text[start:][::-1], fixed[start:][::-1])
    changed = Atom(text[start:end], fixed[start : len(fixed) - len(text) + end], misread, GAP not in fixed)
    return _Explanation(bits, [Atom(text[:start], text[:start]), changed, Atom(text[end:], text[end:])])


def _common(one: str, other: str) -> int:
    """How many characters two strings begin with alike."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


@lru_cache(1 << 12)
def _likely(text: str, before: str, after: str, known: tuple[Misreading, ...]) -> tuple[_Guess, ...]:
    """The misreadings that a rough look finds worth a search: the best of those that lose nothing, and of the others."""
    costs = model()
    rough = list(_rough(text, known))
    clean = costs.standing(text + after, before) if rough else 0.0
    whole: list[tuple[float, _Guess]] = []
    lossy: list[tuple[float, _Guess]] = []
    for misreading, prior, plain, gaps in rough:
        least = costs.standing(plain + after, before) + prior
        if least < clean:
            guess = _Guess(misreading, prior, least, _charset(plain))
            (lossy if gaps else whole).append((least + gaps, guess))
    # Where they are equal, the commoner ones come first.
    likely = tuple(guess for found in (whole, lossy) for _, guess in sorted(found, key=itemgetter(0))[:TRIED])
    stray = GAP in text and GAP * 4 not in text and max(text.replace(GAP, " ")) < EAST_ASIAN
    return (*likely, _Guess(STRAY, 0.0)) if stray else likely


def _rough(text: str, known: tuple[Misreading, ...]) -> Iterator[tuple[Misreading, float, str, float]]:
    """The misreadings that make characters as common as those of the text, with their bits.

    Each with what can be read of the text, and the bits of what cannot. Nearly all of what is clean ends here.
    """
    costs = model()
    most, most_gaps = costs.unordered(text) + SLACK, len(text) // 2 + text.count(GAP) + 1
    for read, priors in _possible(text, known):
        for written, reading in rough_readings(text, read, tuple(priors)):
            lost = reading.count(GAP)
            if lost > most_gaps:
                continue
            gaps = lost * (GAP_LATIN if read in SINGLE_BYTE else GAP_EAST_ASIAN)
            plain = reading.replace(GAP, "") if lost else reading
            if gaps < most and costs.unordered(plain) + gaps < most:
                yield Misreading(written, read), priors[written], plain, gaps


def _charset(text: str) -> str:
    """An encoding with the characters of the script that a text is in, if it is Japanese, Korean or Chinese."""
    if any("\u3041" <= char <= "\u30ff" for char in text):
        return "cp932"
    if any("\uac00" <= char <= "\ud7a3" for char in text):
        return "cp949"
    han = "".join(char for char in text if "\u4e00" <= char <= "\u9fff")
    fitting = (charset for charset in ("gb2312", "big5") if len(han.encode(charset, "ignore")) == 2 * len(han))
    return next(fitting, "") if han else ""


def _possible(text: str, known: tuple[Misreading, ...]) -> Iterator[tuple[str, dict[str, float]]]:
    """The encodings that may have been read in to give such characters, with those written in and their bits."""
    if known:
        yield from ((read, {written: KNOWN}) for written, read in known if read != STRAY.read)
        return
    high = [char for char in text if char > "\x7f"]
    east_asian = sum(char > EAST_ASIAN for char in high) * 3
    for read, priors in misreadings().items():
        if read in MULTI_BYTE or east_asian <= 2 * len(high):
            yield read, priors


def _reading(text: str, guess: _Guess, before: str, after: str) -> tuple[float, list[Atom]]:
    """The best reading of a text that was misread in this way: its bits and its atoms."""
    misreading = guess.misreading
    plain = lossless(text, misreading)
    if plain is None:
        return search(text, misreading, before, after, guess.charset)
    bits = OPEN + model().bits(plain + after, before)
    if misreading.written == "utf-8" and misreading.read in SINGLE_BYTE:
        return bits, list(_runs(text, misreading))
    return bits, [Atom(text, plain, (misreading,))]


def _runs(text: str, misreading: Misreading) -> Iterator[Atom]:
    """Atoms of a text in which ASCII stands for itself."""
    end = 0
    for run in re.finditer(r"[^\x00-\x7f]+", text):
        yield Atom(text[end : run.start()], text[end : run.start()])
        yield Atom(run[0], lossless(run[0], misreading) or run[0], (misreading,))
        end = run.end()
    yield Atom(text[end:], text[end:])


def compose(first: Iterable[Atom], second: Iterable[Atom]) -> list[Atom]:
    """Two rounds of repair in one; the second is a repair of what the first gave."""
    ones, twos = (deque(atom for atom in atoms if atom.before) for atoms in (first, second))
    composed = []
    while ones:
        a, b = [ones.popleft()], [twos.popleft()]
        ahead = len(a[0].after) - len(b[0].before)
        while ahead:
            if ahead > 0 and not a[-1].misread:
                ones.appendleft(_cut(a, ahead))
                ahead = 0
            elif ahead < 0 and not b[-1].misread:
                twos.appendleft(_cut(b, -ahead))
                ahead = 0
            elif ahead < 0:
                a.append(ones.popleft())
                ahead += len(a[-1].after)
            else:
                b.append(twos.popleft())
                ahead -= len(b[-1].before)
        composed.append(_merged(a, b))
    return composed


def _cut(atoms: list[Atom], length: int) -> Atom:
    """Cut so many characters off the last atom, a clean one, and return them."""
    text = atoms[-1].before
    atoms[-1] = Atom(text[:-length], text[:-length])
    return Atom(text[-length:], text[-length:])


def _merged(first: list[Atom], second: list[Atom]) -> Atom:
    chains = (max((atom.misread for atom in atoms), key=len) for atoms in (second, first))
    return Atom(
        "".join(atom.before for atom in first),
        "".join(atom.after for atom in second),
        tuple(chain.from_iterable(chains)),
        all(atom.certain for atom in (*first, *second)),
    )


def code_ranges(lines: Sequence[str]) -> dict[int, list[tuple[int, int]]]:
    """By line (from 0) the ranges of Markdown code: spans in backticks, and closed fences."""
    found: dict[int, list[tuple[int, int]]] = {}
    fence, opened = "", 0
    for number, line in enumerate(lines):
        mark = re.match(r" {0,3}(`{3,}|~{3,})(.*)", line)
        if fence:
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                for inside in range(opened + 1, number):
                    found[inside] = [(0, len(lines[inside]))]
                fence = ""
        elif mark and "`" not in mark[2]:
            fence, opened = mark[1], number
    for number, line in enumerate(lines):
        if "`" in line and number not in found:
            spans = list(_code_spans(line))
            if spans:
                found[number] = spans
    return found


def _code_spans(line: str) -> Iterator[tuple[int, int]]:
    """The spans of a line between runs of as many backticks."""
    runs = [(m.start(), m.end()) for m in re.finditer("`+", line)]
    closers: dict[int, list[int]] = {}
    for i in range(len(runs) - 1, -1, -1):
        closers.setdefault(runs[i][1] - runs[i][0], []).append(i)
    i = 0
    while i < len(runs):
        start, end = runs[i]
        same = closers[end - start]
        while same and same[-1] <= i:
            same.pop()
        if same:
            close = same.pop()
            yield start, runs[close][1]
            i = close
        i += 1


def _steps(lines: Sequence[str], mended: dict[int, list[Atom]]) -> Iterator[Step]:
    """The changes of the lines as steps: neighbours that happened alike are one."""
    original = repaired = 0
    for number, line in enumerate(lines):
        atoms = mended.get(number) or [Atom(line, line)]
        for atom in _joined(atoms) if len(atoms) > 1 else atoms:
            if atom.before != atom.after:
                yield Step(original, repaired, number + 1, atom.before, atom.after, atom.misread, atom.certain)
            elif GAP in atom.before:
                for gap in re.finditer(GAP + "+", atom.before):
                    at = gap.start()
                    yield Step(original + at, repaired + at, number + 1, gap[0], gap[0], (), certain=False)
            original += len(atom.before)
            repaired += len(atom.after)
        original += 1
        repaired += 1


def _joined(atoms: Iterable[Atom]) -> Iterator[Atom]:
    for (misread, certain), group in groupby(atoms, key=lambda atom: (atom.misread, atom.certain)):
        pieces = list(group)
        yield Atom("".join(p.before for p in pieces), "".join(p.after for p in pieces), misread, certain)


def apply(plan: Iterable[Step], text: str) -> str:
    """Do to the original text what a plan says. Raises ValueError where it is not the text the plan was made for."""
    return _replaced(text, ((step.original, step.before, step.after) for step in plan))


def undo(plan: Iterable[Step], text: str) -> str:
    """Turn the repaired text into the original again. Raises ValueError where it is not the text the plan gave."""
    return _replaced(text, ((step.repaired, step.after, step.before) for step in plan))


def _replaced(text: str, changes: Iterable[tuple[int, str, str]]) -> str:
    pieces, end = [], 0
    for start, old, new in changes:
        if start < end or not text.startswith(old, start):
            message = f"the plan does not fit this text: {old!r} expected at {start}"
            raise ValueError(message)
        pieces += [text[end:start], new]
        end = start + len(old)
    return "".join([*pieces, text[end:]])


def to_json(plan: Iterable[Step]) -> list[dict[str, object]]:
    """The plan in built-in types: places as [start, end) in code points, ``misread`` as [written in, read as] pairs."""
    return [
        {
            "original": [step.original, step.original + len(step.before)],
            "repaired": [step.repaired, step.repaired + len(step.after)],
            "line": step.line,
            "before": step.before,
            "after": step.after,
            "misread": [list(misreading) for misreading in step.misread],
            "certain": step.certain,
        }
        for step in plan
    ]
