"""Words between two marks of markup, as in ``**signal**`` and in links, that a translator has left as they are.

To a model, words between two placeholders look like something to be copied. By themselves it can translate them.
"""

from collections.abc import Iterator, Mapping

from diglot import PLACEHOLDERS
from diglot.pipeline.checks.content import LATIN_WORD
from diglot.pipeline.checks.leftovers import is_ordinary
from diglot.pipeline.document import Range
from diglot.pipeline.protect import Masked


def left_between_marks(source: Masked, answer: str, language: str) -> list[str]:
    """The English words between marks of a source of which an answer in ``language`` has some that are no name, too.

    >>> left_between_marks(Masked("A \\ue000signal\\ue001.", ("**", "**"), ((0, 1),)), "\\ue000signal\\ue001です。", "ja")
    ['signal']
    """
    return [words for words, _ in _left(source, answer, language)]


def put_between_marks(source: Masked, answer: str, language: str, said: Mapping[str, str]) -> str:
    """An answer with what is ``said`` for the words of the source in the place of what it has left of them."""
    for words, (start, end) in sorted(_left(source, answer, language), key=lambda one: one[1], reverse=True):
        if words in said:
            answer = answer[:start] + said[words] + answer[end:]
    return answer


def _left(source: Masked, answer: str, language: str) -> Iterator[tuple[str, Range]]:
    """Words of the source, and where what is left of them stands in the answer; none that have a piece between them."""
    for opening, closing in source.pairs:
        (start, end), (first, last) = _between(source.text, opening, closing), _between(answer, opening, closing)
        words, found = source.text[start:end], answer[first:last]
        there = {word.casefold() for word in LATIN_WORD.findall(found)}
        shared = {word for word in LATIN_WORD.findall(words) if word.casefold() in there}
        if start == 1:  # at the beginning of a sentence a capital makes no name
            shared = {word[0].lower() + word[1:] for word in shared}
        if set(PLACEHOLDERS).isdisjoint(words + found) and is_ordinary(" ".join(shared), language):
            yield words.strip(), (first, last)


def _between(text: str, opening: int, closing: int) -> Range:
    return text.find(PLACEHOLDERS[opening]) + 1, text.find(PLACEHOLDERS[closing])
