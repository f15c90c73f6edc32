"""One edition of a text and its translation, whether they are two files or one that is bilingual already.

In one file the two languages stand in some order: sentence by sentence, paragraph by paragraph, the source in comments
above its translation, cell by cell, line by line in a cue, or all of the one and then all of the other. Taken apart, each
language is in its own order always; so the two are aligned as two files would be (:mod:`diglot.pipeline.align`). Where they
take turns, that is seen from the links, and they are linked once more with each turn as a place where its segments belong.

Nothing is lost: segments without a partner, in a third language or without words, and furniture
(:mod:`diglot.pipeline.align.furniture`) are rows of the edition too, with a finding that says what they are.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from sys import maxsize

from diglot import LanguageError
from diglot.pipeline.align import Link, Similarity, align
from diglot.pipeline.align.furniture import is_button, menus
from diglot.pipeline.align.halves import halved
from diglot.pipeline.checks.lengths import size
from diglot.pipeline.document import (
    AlignedPair,
    Document,
    Finding,
    Segment,
    Span,
    Status,
    Translation,
    is_east_asian,
    joiner,
    primary,
)
from diglot.pipeline.edition import Edition, Summary

__all__ = ["align_document", "align_documents"]

# The share of links that keep to their turns from which on turns are believed in.
_IN_TURN = 0.7
_DOUBTFUL = 0.7
# A language that has at least this share of the letters of a text is there on purpose and no mistake of detection.
_ON_PURPOSE = 0.1
_WIDE_LANGUAGES = frozenset({"ja", "zh", "ko"})

_ALONE = Finding("no-partner", "warning", "Nothing in the other language says this", "See whether it was left out")
_OTHER = Finding("not-aligned", "info", "It has no words, or is in neither of the two languages")
_FURNITURE = Finding("furniture", "info", "It seems to belong to the page, not to the lecture")
_UNSURE = Finding("doubtful-pair", "warning", "The two may not say the same", "Compare them")

# The segments of two texts, which are one list where both are in one document; some of each by their places in it.
_Texts = tuple[Sequence[Segment], Sequence[Segment]]
_Sides = tuple[Sequence[int], Sequence[int]]
_Languages = tuple[str, str]


def align_documents(
    first: tuple[Document, Sequence[Segment]],
    second: tuple[Document, Sequence[Segment]],
    *,
    source: str | None = None,
    target: str | None = None,
    similarity: Similarity | None = None,
) -> Edition:
    """The edition of a document and its translation, each given with its segments.

    Raises :class:`diglot.LanguageError` where the two are in one language, have none that is known, or hold nothing in the
    one that was given.
    """
    texts = first[1], [replace(one, ranges=()) for one in second[1]]  # its ranges are no places in the edition's document
    languages = source or _main(first[1]), target or _main(second[1])
    if languages[0] == languages[1]:
        message = f"both texts are in {languages[0]}; give two languages, or say which they are with --from and --to"
        raise LanguageError(message)
    sides = _members(texts[0], languages[0]), _members(texts[1], languages[1])
    for text, side, language in zip(texts, sides, languages, strict=True):
        if text and not side:
            raise LanguageError(f"no text in {language} here (found: {_found(text)})")
    links = _linked(texts, sides, languages, similarity)
    aside = menus(*first, _unsure(links, 0, len(texts[0]))), menus(*second, _unsure(links, 1, len(texts[1])))
    if any(aside):
        sides = _without(sides[0], aside[0]), _without(sides[1], aside[1])
        links = _linked(texts, sides, languages, similarity)
    buttons = _buttons(*first), _buttons(*second)
    pages = aside[0] | buttons[0], aside[1] | buttons[1]
    return _edition(first[0], _rows(texts, links, pages), languages)


def align_document(
    document: Document,
    segments: Sequence[Segment],
    *,
    source: str | None = None,
    target: str | None = None,
    similarity: Similarity | None = None,
) -> Edition:
    """The edition of a document that is bilingual already.

    Raises :class:`diglot.LanguageError` where fewer than two languages are in it.
    """
    segments = halved(segments)
    texts, languages = (segments, segments), _two(segments, source, target)
    belongs = [_side(one, languages) for one in segments]
    _answer(segments, belongs)
    sides = [i for i, side in enumerate(belongs) if side == 0], [i for i, side in enumerate(belongs) if side == 1]
    links = _linked(texts, sides, languages, similarity)
    aside = menus(document, segments, _unsure(links, 0, len(segments)) & _unsure(links, 1, len(segments)))
    sides = _without(sides[0], aside), _without(sides[1], aside)
    turns = max(_turns(sides, 0), _turns(sides, 1), key=lambda turns: _kept_to(links, sides, turns))
    in_turn = _kept_to(links, sides, turns) > _IN_TURN
    links = _linked(texts, sides, languages, similarity, turns if in_turn else None)
    if not source and not target and _is_reversed(segments, links, languages):
        links, languages = [Link(link.second, link.first, link.score) for link in links], languages[::-1]
    pages = aside | _buttons(document, segments)
    return _edition(document, _rows(texts, links, (pages, pages)), languages)


def _buttons(document: Document, segments: Sequence[Segment]) -> set[int]:
    return {i for i, one in enumerate(segments) if is_button(document, one)}


# ---------------------------------------------------------------------------------------------------------------- languages


def _main(segments: Iterable[Segment]) -> str:
    """The language of a text. Raises :class:`diglot.LanguageError` where none is known."""
    counts = _counts(segments)
    if not counts:
        raise LanguageError("the language of a text cannot be detected; say what it is with --from and --to")
    return counts.most_common(1)[0][0]


def _two(segments: Iterable[Segment], source: str | None, target: str | None) -> _Languages:
    """The two languages of a text: those given, else the commonest."""
    counts = _counts(segments)
    found = [code for code, _ in counts.most_common() if code not in (source, target)]
    given = [code for code in (source, target) if code]
    if len(given) + len(found) < 2 or any(code not in counts for code in given):
        raise LanguageError(f"this is no text in two languages (found: {_found(segments)}); give two files, SRC and TGT")
    return source or found.pop(0), target or found.pop(0)


def _found(segments: Iterable[Segment]) -> str:
    """The languages of a text, for people."""
    return ", ".join(code for code, _ in _counts(segments).most_common()) or "none that is known"


def _counts(segments: Iterable[Segment]) -> Counter[str]:
    """How many letters are in each language."""
    counts: Counter[str] = Counter()
    for one in segments:
        if one.language != "und":
            counts[primary(one.language)] += size(one.text)
    return counts


def _members(segments: Sequence[Segment], language: str) -> list[int]:
    """The segments of a text but for those in another language that is there on purpose."""
    counts = _counts(segments)
    least = _ON_PURPOSE * counts.total()
    others = {code for code, count in counts.items() if code != language and count >= least}
    return [i for i, one in enumerate(segments) if primary(one.language) not in others]


def _side(segment: Segment, languages: _Languages) -> int | None:
    """Which of two languages a segment is in. A caption that begins with 図 is Japanese, however English its words."""
    letter = next((c for c in segment.text[:100] if c.isalpha()), "")
    if letter and is_east_asian(letter):
        wide = [side for side, language in enumerate(languages) if language in _WIDE_LANGUAGES]
        if len(wide) == 1:
            return wide[0]
    language = primary(segment.language)
    return languages.index(language) if language in languages else None


def _answer(segments: Sequence[Segment], belongs: list[int | None]) -> None:
    """Give a passage that stands under a comment and is the same, because it needed no translation, to the other side."""
    for i, (comment, one) in enumerate(pairwise(segments), 1):
        side = belongs[i - 1]
        if comment.kind == "comment" != one.kind and side is not None and comment.text.casefold() == one.text.casefold():
            belongs[i] = 1 - side


def _is_reversed(segments: Iterable[Segment], links: Iterable[Link], languages: _Languages) -> bool:
    """Whether the second language is the source: that of the comments, or else what stands first in most pairs."""
    comments = Counter(primary(one.language) for one in segments if one.kind == "comment")
    if comments[languages[0]] != comments[languages[1]]:
        return comments[languages[1]] > comments[languages[0]]
    return sum(link.score * (1 if link.second < link.first else -1) for link in links if link.first and link.second) > 0


# -------------------------------------------------------------------------------------------------------------------- links


def _linked(
    texts: _Texts, sides: _Sides, languages: _Languages, similarity: Similarity | None, turns: _Sides | None = None
) -> list[Link]:
    """Links between the segments of two sides, by their places in the texts."""
    first, second = [texts[0][i] for i in sides[0]], [texts[1][j] for j in sides[1]]
    links = align(first, second, languages=languages, similarity=similarity, places=turns or ((), ()))
    return [Link(tuple(sides[0][i] for i in a), tuple(sides[1][j] for j in b), score) for a, b, score in links]


def _unsure(links: Iterable[Link], side: int, size: int) -> set[int]:
    """The segments of a text that have no partner, or none that is sure."""
    sure = {i for link in links if link.score >= _DOUBTFUL for i in (link.second if side else link.first)}
    return set(range(size)) - sure


def _without(side: Iterable[int], aside: Collection[int]) -> list[int]:
    return [i for i in side if i not in aside]


def _turns(sides: _Sides, leader: int) -> _Sides:
    """In which turn each segment of each side stands, if a turn begins where the leader follows on the other."""
    turns: tuple[list[int], list[int]] = [], []
    turn, before = 0, leader
    for _, belongs in sorted([*((i, 0) for i in sides[0]), *((i, 1) for i in sides[1])]):
        turn += belongs == leader != before
        turns[belongs].append(turn)
        before = belongs
    return turns


def _kept_to(links: Iterable[Link], sides: _Sides, turns: _Sides) -> float:
    """The share of links within one turn, by their scores."""
    turn = dict(zip(sides[0], turns[0], strict=True)), dict(zip(sides[1], turns[1], strict=True))
    kept = total = 1e-9
    for first, second, score in links:
        if first and second and first[0] in turn[0] and second[0] in turn[1]:
            total += score
            kept += score * (turn[0][first[0]] == turn[1][second[0]])
    return kept / total


# --------------------------------------------------------------------------------------------------------------------- rows


def _rows(texts: _Texts, links: Sequence[Link], pages: tuple[Collection[int], Collection[int]]) -> Iterator[AlignedPair]:
    """A pair for each link and for each segment in none, in the order of the first text."""
    placed = [(place, link, _finding(link)) for place, link in _placed(links, texts[0] is texts[1])]
    placed += [(place, link, _OTHER) for place, link in _rest(texts, placed)]
    for index, (_, link, finding) in enumerate(sorted(placed, key=lambda row: row[0])):
        set_apart = all(i in pages[0] for i in link.first) and all(j in pages[1] for j in link.second)
        yield _pair(texts, link, _FURNITURE if set_apart else finding, index)


def _placed(links: Sequence[Link], in_one: bool) -> Iterator[tuple[tuple[int, int], Link]]:
    """Links with their places in the order of the first text. A target alone stands after the link before it; in one
    document where it stands, if that is before the next source.
    """
    sources = [link.first[0] if link.first and (link.second or not in_one) else maxsize for link in links]
    before, after = -1, [*accumulate(reversed(sources), min)][::-1]
    for link, following in zip(links, after, strict=True):
        own = link.second[0] if in_one and not link.first and before < link.second[0] < following else before
        before = link.first[0] if link.first and (link.second or not in_one) else before
        yield (link.first[0] if link.first else own, max(link.second, default=-1)), link


def _rest(
    texts: _Texts, placed: Sequence[tuple[tuple[int, int], Link, Finding | None]]
) -> Iterator[tuple[tuple[int, int], Link]]:
    """The segments that are in no link, with their places among the links."""
    in_one = texts[0] is texts[1]
    first = {i for _, link, _ in placed for i in (*link.first, *(link.second if in_one else ()))}
    yield from (((i, -1), Link((i,), (), 0.0)) for i in range(len(texts[0])) if i not in first)
    second = {j: place for (place, _), link, _ in placed for j in link.second}
    place = -1
    for j in range(0 if in_one else len(texts[1])):
        place = second.get(j, place)
        if j not in second:
            yield (place, j), Link((), (j,), 0.0)


def _finding(link: Link) -> Finding | None:
    if not (link.first and link.second):
        return _ALONE
    return _UNSURE if link.score < _DOUBTFUL else None


def _pair(texts: _Texts, link: Link, finding: Finding | None, index: int) -> AlignedPair:
    """A link as a pair: a source alone is untranslated, a target alone and what is not aligned are kept as they are."""
    findings = (finding,) if finding else ()
    if link.first and link.second:
        source = _joined([texts[0][i] for i in link.first])
        target = _joined([texts[1][j] for j in link.second])
        return AlignedPair(replace(source, index=index), Translation(target.text, "translated", link.score), findings)
    one = texts[0][link.first[0]] if link.first else texts[1][link.second[0]]
    status: Status = "untranslated" if link.first and finding is _ALONE else "kept"
    return AlignedPair(replace(one, index=index), Translation(one.text, status), findings)


def _joined(segments: Sequence[Segment]) -> Segment:
    """Segments as one."""
    text, spans = "", []
    for one in segments:
        text += joiner(text, one.text)
        spans += [Span(span.start + len(text), span.end + len(text), span.kind) for span in one.spans]
        text += one.text
    ranges = tuple(place for one in segments for place in one.ranges)
    return replace(segments[0], text=text, ranges=ranges, spans=tuple(spans))


def _edition(document: Document, rows: Iterable[AlignedPair], languages: _Languages) -> Edition:
    pairs = list(rows)
    summary = Summary()
    for pair in pairs:
        summary.count(pair)
    return Edition(document, pairs, *languages, summary)
