"""The lists of words that several stages look at: those that hold sentences together, and the commonest of all."""

from functools import cache

from diglot.pipeline import data_file


@cache
def function_words(language: str) -> frozenset[str]:
    """The words of a language's grammar; empty for a language without a list."""
    return frozenset(_listed("function-words.txt", language))


@cache
def common_words(language: str) -> dict[str, int]:
    """The ranks of the 1,500 most common words; empty for a language without a list."""
    return {word: rank for rank, word in enumerate(_listed("common.txt", language))}


def _listed(name: str, language: str) -> list[str]:
    lines = data_file(name).read_text(encoding="utf-8").splitlines()
    return next((line.split()[1:] for line in lines if line.startswith(f"{language} ")), [])
