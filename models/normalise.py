"""A text as a model knows its language: without what speech recognition and invisible characters leave in it, and in the
usual letters where it stands in capitals.

This is for the model's eyes alone. The document keeps what it has, so that a translator that changes nothing gives it back
as it was.
"""

import re

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_CHINESE_STOP = re.compile(r"(?:(?<!\s)\s+)?[。．]\s*(?=\S)")
_CHINESE_COMMA = re.compile(r"(?:(?<!\s)\s+)?[，、]\s*")
_UNSPACED = frozenset({"ja", "zh"})
_WORD = re.compile(r"[^\W\d_]+")
_INITIALS = re.compile("[BCDFGHJKLMNPQRSTVWXZ]{2,5}")  # no vowel: LSTM, GPT


def normalise(text: str, language: str) -> str:
    """A text without characters that nobody sees, and in languages with spaces with their own punctuation.

    Speech recognition with a Chinese front end writes ``。`` wherever a line ended: before a lower-case word it is the place
    where a sentence was broken, else its end.

    >>> normalise("we will talk about。attention， first。Then the rest。", "en")
    'we will talk about attention, first. Then the rest.'
    """
    text = _quiet(_INVISIBLE.sub("", text), language)
    if language in _UNSPACED or not re.search("[。．，、？！]", text):
        return text
    text = _CHINESE_STOP.sub(lambda m: " " if text[m.end()].islower() else ". ", text)
    text = _CHINESE_COMMA.sub(", ", text).replace("？", "?").replace("！", "!")
    return text.replace("。", ".").replace("．", ".").strip()


def _quiet(text: str, language: str) -> str:
    """A text all in capitals as a sentence, but for words that cannot be read otherwise than by their letters.

    Capitals are other pieces to a model, which it hardly knows. A few short words may be names (NVIDIA GPU) and stay; what
    is lowered has eight letters or more in words of four or more.

    >>> _quiet("THE LSTM, AS I SAID, FORGETS.", "en"), _quiet("NASA AND ESA", "en")
    ('The LSTM, as I said, forgets.', 'NASA AND ESA')
    """
    if not all(c.isupper() for c in text if c.isalpha()) or sum(len(w) for w in _WORD.findall(text) if len(w) > 3) < 8:
        return text

    def lowered(match: re.Match[str]) -> str:
        word = match[0]
        return word if _INITIALS.fullmatch(word) or (word == "I" and language == "en") else word.lower()

    first = _WORD.search(text)
    start = first.start() + 1 if first else 0
    return text[:start] + _WORD.sub(lowered, text[start:])
