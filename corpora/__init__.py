"""Parallel text: where it comes from, how it is read and cleaned, and the file that training reads.

Knows nothing of documents or tensors; a pair is two strings and where they come from.
"""

from pathlib import Path
from typing import NamedTuple

GLOSSARIES = Path(__file__).parent / "glossaries"  # those that come with the program, as in en-ja.tsv


class Pair(NamedTuple):
    """A translation unit: two texts that say the same, in the languages named, from a document of a corpus."""

    corpus: str
    document: str
    languages: tuple[str, str]
    first: str
    second: str


class Example(NamedTuple):
    """A pair in one direction, as training sees it."""

    source: str
    target: str
    source_language: str
    target_language: str
    domain: str
