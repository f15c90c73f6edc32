"""Words between two marks of markup, as in ``**signal**`` and in links, that a translator has left as they are.

To a model, words between two placeholders look like something to be copied. By themselves it can translate them.
"""

from collections.abc import Iterator, Mapping

from diglot import PLACEHOLDERS
from diglot.pipeline.checks.leftovers import is_ordinary
from diglot.pipeline.document import Range
from diglot.pipeline.protect import Masked


def left_between_marks(source: Masked, answer: str, language: str) -> list[str]:
    """The English words that are no name, and that an answer in ``language`` has between the same marks as its source.

    >>> left_between_marks(Masked("A \\ue000signal\\ue001.", ("**", "**"), ((0, 1),)), "\\ue000signal\\ue001です。", "ja")
    ['signal']
    """
    return [answer[slice(*place)] for place in _places(source, answer) if is_ordinary(answer[slice(*place)], language)]


def put_between_marks(source: Masked, answer: str, said: Mapping[str, str]) -> str:
    """An answer with what is ``said`` for words that it has left between marks."""
    for start, end in sorted(_places(source, answer), reverse=True):
        words = answer[start:end]
        answer = answer[:start] + said.get(words, words) + answer[end:]
    return answer


def _places(source: Masked, answer: str) -> Iterator[Range]:
    """Where the same stands between two marks in an answer as in its source, and no piece with it."""
    for opening, closing in source.pairs:
        (start, end), (first, last) = _between(source.text, opening, closing), _between(answer, opening, closing)
        words = answer[first:last]
        if words == source.text[start:end] and set(PLACEHOLDERS).isdisjoint(words):
            yield first, last


def _between(text: str, opening: int, closing: int) -> Range:
    return text.find(PLACEHOLDERS[opening]) + 1, text.find(PLACEHOLDERS[closing])
