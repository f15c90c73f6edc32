"""What may have happened to a text: bytes written in one encoding, read in another, some lost; and the way back.

A :class:`Misreading` made bytes of the text in ``written`` and other text of the bytes in ``read``. The way back is a
search. The damaged text gives the bytes again; they are read as ``written``; where bytes are lost several characters are
possible, and any stretch may have been clean all along. All these readings are paths through one lattice; the character
model says how many bits each takes, and a beam keeps the best (:func:`search`).

Bytes are written as the characters U+0000 to U+00FF here, so that bytes, gaps (U+FFFD) and characters that ``read`` does
not have can stand in one string.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import accumulate
from typing import NamedTuple

from diglot.pipeline.plausibility import model

SINGLE_BYTE = {  # with the bits that it takes to say so: the rarer, the more
    "windows-1252": 0.0,
    "iso-8859-1": 0.0,
    "windows-1254": 1.0,
    "windows-1251": 2.0,
    "windows-1250": 2.0,
    "mac-roman": 3.0,
    "iso-8859-2": 4.0,
    "windows-1253": 5.0,
    "windows-1257": 5.0,
    "cp437": 5.0,
    "cp850": 5.0,
}
MULTI_BYTE = ("gb18030", "cp932", "cp949", "euc_jp", "big5hkscs")
GAP = "\N{REPLACEMENT CHARACTER}"
OPAQUE = "\uffff"  # a character that ``read`` does not have

OPEN = 6.0  # bits: a damaged stretch begins here
FOREIGN = 6.0  # bits: a guessed character that the script around it does not use
BEAM = 12  # paths kept
SPREAD = 24.0  # bits: a path so much worse than the best is given up
CERTAIN, KEEP = 0.95, 0.6  # probability of a character among its rivals: no doubt; too little to replace a gap


class Misreading(NamedTuple):
    """Bytes that were written in one encoding and read in another."""

    written: str
    read: str


class Atom(NamedTuple):
    """The smallest piece that is put right: ``before`` stands for ``after``, by ``misread`` (none where it was clean)."""

    before: str
    after: str
    misread: tuple[Misreading, ...] = ()
    certain: bool = True


class Edge(NamedTuple):
    """A way to read the next ``length`` bytes; ``rivals`` are all the characters that they may stand for."""

    length: int
    text: str
    bits: float
    rivals: str = ""


@cache
def misreadings() -> dict[str, dict[str, float]]:
    """Those searched for: read, written, and the bits that it takes to say that this one happened."""
    found = {read: {"utf-8": SINGLE_BYTE.get(read, 3.0)} for read in (*SINGLE_BYTE, *MULTI_BYTE)}
    for written in MULTI_BYTE:
        for read in ("windows-1252", "iso-8859-1", "windows-1251", "mac-roman", *MULTI_BYTE):
            if written != read:
                found[read][written] = 12.0
    for read in ("iso-8859-1", *MULTI_BYTE):
        found[read]["windows-1252"] = 6.0
    return found


STRAY = Misreading("windows-1252", "utf-8")  # single bytes in UTF-8, each read as a replacement character


@cache
def high_half(encoding: str) -> str:
    """The characters of the bytes 0x80 to 0xFF; an undefined byte is the control character of its number, as in browsers."""
    return "".join(bytes([byte]).decode(encoding, "ignore") or chr(byte) for byte in range(0x80, 0x100))


@cache
def undefined(encoding: str) -> tuple[str, ...]:
    """The bytes that a single-byte encoding leaves undefined: programs drop them."""
    return tuple(chr(b) for b in range(0x80, 0x100) if not bytes([b]).decode(encoding, "ignore"))


@lru_cache(1 << 16)
def to_bytes(read: str, char: str) -> str:
    """The bytes that an encoding reads as a character; OPAQUE where there are none."""
    if char < "\x80" or char == GAP:
        return char
    if read in SINGLE_BYTE:
        at = high_half(read).find(char)
        return chr(0x80 + at) if at >= 0 else OPAQUE
    return char.encode(read, "ignore").decode("latin-1") or OPAQUE


@cache
def twins() -> dict[str, str]:
    """Characters that cp932 has twice, with the bytes that Python does not write."""
    pairs = (bytes([lead, trail]) for lead in (0xFA, 0xFB, 0xFC) for trail in range(0x40, 0xFD) if trail != 0x7F)
    return {char: pair.decode("latin-1") for pair in pairs if GAP not in (char := pair.decode("cp932", "replace"))}


def lossless(text: str, misreading: Misreading) -> str | None:
    """What a text stands for if all of it was misread and no byte is lost; None where that cannot be."""
    if misreading.read == "cp932" and misreading.written != "utf-8" and not twins().keys().isdisjoint(text):
        return None  # the bytes are not certain
    data = "".join([to_bytes(misreading.read, char) for char in text])
    try:
        return data.encode("latin-1").decode(misreading.written)
    except UnicodeError:
        return None


def rough_readings(text: str, read: str, written: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What a text that was read so may stand for, by encoding written in, with U+FFFD where it is not so simple."""
    try:
        data = text.encode(read)
    except UnicodeEncodeError:
        data = _rough_bytes(text, read)
        if (data.count(b"\x1a") - text.count(GAP)) * 3 > len(text):
            return
    for encoding in written:
        reading = data.decode(encoding, "replace").replace("\x1a", GAP)
        if read in MULTI_BYTE:  # the ends may be halves of characters
            reading = reading.removeprefix(GAP).removesuffix(GAP)
        yield encoding, reading


def _rough_bytes(text: str, read: str) -> bytes:
    """The bytes that an encoding reads as a text, 0x1A for each character that it does not have."""
    if read in SINGLE_BYTE:  # its undefined bytes are characters here
        units = "".join([to_bytes(read, char) for char in text])
        return units.replace(OPAQUE, "\x1a").replace(GAP, "\x1a").encode("latin-1")
    lost = [char for char in set(text) if char == GAP or not char.encode(read, "ignore")]
    return text.translate(dict.fromkeys(map(ord, lost), "\x1a")).encode(read)


@lru_cache(1 << 16)
def edges(misreading: Misreading, data: str) -> tuple[Edge, ...]:
    """The ways to read the first character of some bytes (four of them are enough)."""
    found = []
    for length in range(1, len(data) + 1):
        try:
            text = data[:length].encode("latin-1").decode(misreading.written)
        except UnicodeError:
            continue
        if len(text) == 1:
            found.append(Edge(length, text, 0.0))
            break
    for length in range(1, len(data) + 1):
        options = restored(misreading, data[:length])
        rivals = "".join(options)
        found += [Edge(length, char, bits, rivals) for char, bits in options.items()]
    return tuple(found)


@lru_cache(1 << 14)
def restored(misreading: Misreading, data: str) -> dict[str, float]:
    """The characters that some bytes may stand for of which others are lost, dropped or marked, and the bits it takes."""
    lost = _lost(misreading.read, GAP in data)
    if misreading.written == "utf-8":
        size = 1 + sum(data[:1] >= lead for lead in "\xc2\xe0\xf0")
        lost = lost if size > 1 else {}
    else:
        size = 2 if misreading.written in MULTI_BYTE else 1
    many = data.count(GAP) > (2 if misreading.read in SINGLE_BYTE else 1)
    if many or not lost or len(data) > size or OPAQUE in data:
        return {}
    found: dict[str, float] = {}
    for whole, bits in _refilled(data, lost, size):
        char = whole.encode("latin-1").decode(misreading.written, "replace") if bits else ""
        if len(char) == 1 and (char in model().characters or "\U0001f300" <= char < "\U0001f650"):
            found[char] = min(bits, found.get(char, bits))
    return found


def _refilled(data: str, lost: Mapping[str, Mapping[str, float]], size: int) -> Iterator[tuple[str, float]]:
    """So many bytes that may have become ``data``, and the bits it takes."""
    if not size:
        yield "", 0.0
        return
    starts: list[tuple[str, str, float]] = []  # the first byte, what of the data is left, bits
    if data and data[0] != GAP:
        starts.append((data[0], data[1:], 0.0))
    if data:
        starts += ((byte, data[1:], bits) for byte, bits in lost.get(data[0], {}).items())
    if len(data) < size:
        starts += ((byte, data, bits) for byte, bits in lost.get("", {}).items())
    for byte, rest, bits in starts:
        if len(rest) < size:
            for others, more in _refilled(rest, lost, size - 1):
                yield byte + others, bits + more


@cache
def _lost(read: str, gaps: bool) -> dict[str, dict[str, float]]:
    """Bytes that get lost, by what is left of them, and the bits that it takes."""
    if gaps:
        lost = undefined(read) if read in SINGLE_BYTE else map(chr, range(0x80, 0x100))
        return {GAP: dict.fromkeys(lost, 0.5)}
    if read not in SINGLE_BYTE:
        return {}
    # A soft hyphen is invisible and a no-break space is taken for a space, or trimmed: they are lost at times.
    dropped = dict.fromkeys(undefined(read), 2.0)
    return {"": dropped | {"\xad": 3.0, "\xa0": 4.0}, " ": {"\xa0": 3.0}, "?": dict.fromkeys(undefined(read), 4.0)}


def options(text: str, misreading: Misreading) -> Mapping[str, float]:
    """The characters that a piece of damaged text with lost bytes may stand for, and the bits it takes."""
    return restored(misreading, "".join(to_bytes(misreading.read, char) for char in text))


Key = tuple[bool, str, str]  # whether a damaged stretch goes on, and the last two characters


class _State(NamedTuple):
    bits: float
    start: int  # where in the bytes the last character starts
    origin: Key | None  # and the state there
    text: str
    damaged: bool
    rivals: str


Layer = dict[Key, _State]


def search(text: str, misreading: Misreading, before: str, after: str, charset: str = "") -> tuple[float, list[Atom]]:
    """The most plausible reading of a text, parts of which were misread: its bits and its atoms.

    ``before`` (two characters) and ``after`` are the context on both sides; the bits include those of ``after``. Where bytes
    are lost, characters that ``charset`` has are preferred.
    """
    units = [to_bytes(misreading.read, char) for char in text]
    others = (
        [twins().get(char, unit) for char, unit in zip(text, units, strict=True)] if misreading.read == "cp932" else units
    )
    data, other = "".join(units), "".join(others)
    starts = {at: i for i, at in enumerate(accumulate(map(len, units), initial=0))}
    layers: list[Layer] = [{} for _ in range(len(data) + 1)]
    layers[0][False, before[-2], before[-1]] = _State(0.0, 0, None, "", False, "")
    for at in range(len(data)):
        if layers[at]:
            layers[at] = _pruned(layers[at])
            clean = text[starts[at]] if at in starts else ""
            ways: tuple[Edge, ...] = ()
            if not clean or clean > "\x7f" or misreading.written != "utf-8":  # else ASCII stands for itself
                ways = _ways(misreading, data[at : at + 4], other[at : at + 4], charset)
            _extend(layers, at, clean, len(units[starts[at]]) if clean else 0, ways, misreading.written != "utf-8")
    bits, path = _best_path(layers, after)
    return bits, list(_atoms(text, path, starts, before, after, misreading))


@lru_cache(1 << 16)
def _ways(misreading: Misreading, data: str, other: str, charset: str) -> tuple[Edge, ...]:
    """The edges, of both forms that the bytes may have, with the preference for a charset in their bits."""
    found = edges(misreading, data) if data == other else edges(misreading, data) + edges(misreading, other)
    if not charset:
        return found
    return tuple(
        way if not way.rivals or way.text.encode(charset, "ignore") else way._replace(bits=way.bits + FOREIGN)
        for way in found
    )


def _extend(layers: list[Layer], at: int, clean: str, length: int, ways: tuple[Edge, ...], trail: bool) -> None:
    """From the states at one place to the states behind the next character, clean (of so many bytes) or misread."""
    costs = model()
    for key, state in layers[at].items():
        damaged, a, b = key
        if clean:
            told = costs[a + b + clean] if damaged and clean > "\x7f" else costs.at_most(a + b + clean)
            bits = state.bits + told
            goes_on = damaged and clean < "\x80" and trail
            _reach(layers[at + length], (goes_on, b, clean), _State(bits, at, key, clean, False, ""))
        opened = state.bits if damaged else state.bits + OPEN
        for way in ways:
            bits = opened + way.bits + costs[a + b + way.text]
            _reach(layers[at + way.length], (True, b, way.text), _State(bits, at, key, way.text, True, way.rivals))


def _reach(layer: Layer, key: Key, state: _State) -> None:
    known = layer.get(key)
    if known is None or state.bits < known.bits:
        layer[key] = state


def _pruned(layer: Layer) -> Layer:
    """The states worth going on from."""
    if len(layer) == 1:
        return layer
    limit = min(state.bits for state in layer.values()) + SPREAD
    kept = sorted((item for item in layer.items() if item[1].bits <= limit), key=lambda item: item[1].bits)
    return dict(kept[:BEAM])


def _best_path(layers: list[Layer], after: str) -> tuple[float, list[tuple[int, _State]]]:
    """The bits of the best path and its states, each with the place in the bytes where it ends."""
    ends = {key: state.bits + model().bits(after, key[1] + key[2]) for key, state in layers[-1].items()}
    best = min(ends, key=ends.__getitem__)
    at, state = len(layers) - 1, layers[-1][best]
    path = []
    while state.origin is not None:
        path.append((at, state))
        at, state = state.start, layers[state.start][state.origin]
    return ends[best], path[::-1]


def _atoms(
    text: str, path: list[tuple[int, _State]], starts: dict[int, int], before: str, after: str, misreading: Misreading
) -> Iterator[Atom]:
    """The path, cut where it and the characters of the damaged text end together."""
    reading = before[-2:] + "".join(state.text for _, state in path) + after
    begin = first = 0
    for i, (at, state) in enumerate(path):
        if at not in starts:
            continue
        end, states = starts[at], [state for _, state in path[first : i + 1]]
        surest = min(_probability(reading[k : k + 5], path[k][1].rivals) for k in range(first, i + 1))
        alone = not (reading[first + 1].isalpha() or reading[i + 3].isalpha())
        kept = not any(s.damaged for s in states) or (misreading == STRAY and (surest < KEEP or alone))
        piece = text[begin:end]
        if kept:
            yield Atom(piece, piece)
        else:
            yield Atom(piece, "".join(s.text for s in states), (misreading,), surest >= CERTAIN)
        begin, first = end, i + 1


def _probability(context: str, rivals: str) -> float:
    """How probable the middle character of five is among all that may stand there."""
    if not rivals:
        return 1.0
    own = model().bits(context[2:], context[:2])
    others = (model().bits(rival + context[3:], context[:2]) for rival in rivals)
    return 1 / sum(2 ** min(own - bits, 60.0) for bits in others)
