"""Word forms: how a glossary term is known again when it is inflected.

Two methods, by what the language does:

* English nouns do not agree with anything, so only the head of a term changes: its forms are generated (plural and
  singular, ``-ed`` and ``-ing`` for a verb) and each is looked for as it stands. "learning" never matches "learned".
* In French, German and Spanish the adjectives change too: both the term and the text are cut to stems, word by word
  ("réseaux neuronaux" and "réseau neuronal" have the same two stems).

Chinese, Japanese and Korean terms do not change (a Korean particle after the term is the matcher's business).
"""

import re
import unicodedata

# What is cut, longest first, while three letters remain (four in German, where endings are parts of words too).
_ENDINGS = {
    "fr": re.compile(r"(?<=.{3})(?:ées|és|ée|es|s|x|e)$"),
    "de": re.compile(r"(?<=.{4})(?:ern|en|er|es|em|e|n|s)$"),
    "es": re.compile(r"(?<=.{3})(?:os|as|es|o|a|e|s)$"),
}
_FRENCH_PLURALS = ((re.compile(r"eaux$"), "eau"), (re.compile(r"aux$"), "al"))

# Endings of English nouns and the plurals they may take. A form that is no word ("functia") is never met, so the rules
# need no list of exceptions.
_PLURALS = (
    ("y", "ies"),
    ("is", "es"),
    ("ix", "ices"),
    ("ex", "ices"),
    ("on", "a"),
    ("um", "a"),
    ("us", "i"),
    ("a", "ae"),
    ("f", "ves"),
    ("fe", "ves"),
    ("man", "men"),
)
_SINGULARS = (("ies", "y"), ("es", "is"), ("ices", "ix"), ("ices", "ex"), ("es", ""), ("s", ""))
_NEVER_PLURAL = ("ss", "us", "is", "ics")


def fold(word: str) -> str:
    """A word without the differences that no reader sees as such: width, case, composed or not, kind of apostrophe."""
    return unicodedata.normalize("NFKC", word).casefold().replace("’", "'")


def stem(word: str, language: str) -> str:
    """The part of a folded word that its inflected forms share; the word itself where forms are not cut.

    >>> stem("réseaux", "fr"), stem("neuronalen", "de"), stem("funciones", "es"), stem("networks", "en")
    ('réseau', 'neuronal', 'funcion', 'networks')
    """
    ending = _ENDINGS.get(language)
    if ending is None or not word.isalpha():
        return word
    if language == "fr":
        for plural, singular in _FRENCH_PLURALS:
            word = plural.sub(singular, word)
    else:  # Bäume and Baum, función and funciones
        word = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    return ending.sub("", word)


def english_forms(word: str, *, verb: bool = False) -> frozenset[str]:
    """The forms under which the folded head of an English term may stand in a text.

    >>> sorted(english_forms("matrix")), sorted(english_forms("tag", verb=True))
    (['matrices', 'matrix', 'matrixes'], ['tag', 'taged', 'tagged', 'tagging', 'taging', 'tags'])
    """
    if not word.isalpha() or not word.isascii():
        return frozenset((word,))
    found = {word, *_english_plurals(word), *_english_singulars(word)}
    return frozenset(found | _english_verb_forms(word)) if verb else frozenset(found)


def _english_plurals(word: str) -> set[str]:
    plurals = {word[: -len(end)] + plural for end, plural in _PLURALS if word.endswith(end) and len(word) > len(end)}
    return plurals | {_with_s(word)}


def english_plural(word: str) -> str:
    """The plural of an English noun, regular or as Latin and Greek words have it.

    >>> [english_plural(word) for word in ("gradient", "loss", "entropy", "array", "batch", "epoch")]
    ['gradients', 'losses', 'entropies', 'arrays', 'batches', 'epochs']
    >>> [english_plural(word) for word in ("matrix", "vertex", "axis", "analysis")]
    ['matrices', 'vertices', 'axes', 'analyses']
    """
    if re.search(r"(?:[sx]is|(?:tr|d|t)[ie]x)$", word):
        return word[:-2] + ("es" if word.endswith("is") else "ices")
    return word[:-1] + "ies" if re.search("[^aeiou]y$", word) else _with_s(word)


def _with_s(word: str) -> str:
    return word + ("es" if _HISSING.search(word) else "s")


_HISSING = re.compile(r"(?:[sxz]|sh|(?<!epo)(?<!stoma)(?<!nar)(?<!rar)ch)$")  # the ch of epoch, stomach, monarch does not


def _english_singulars(word: str) -> set[str]:
    if len(word) < 5 or not word.endswith("s") or word.endswith(_NEVER_PLURAL):
        return set()
    return {word[: -len(plural)] + end for plural, end in _SINGULARS if word.endswith(plural)}


def _english_verb_forms(word: str) -> set[str]:
    bases = {word.removesuffix("e")}
    if re.search(r"[^aeiou][aeiou][bdgklmnprt]$", word):  # tag, tagged: doubled or not, both are looked for
        bases.add(word + word[-1])
    if re.search(r"[^aeiou]y$", word):
        bases.add(word[:-1] + "i")
    return {base + "ed" for base in bases} | {base + "ing" for base in bases} | {word + "ing"}
