"""A text as a model knows its language: what speech recognition and invisible characters leave in it is taken out.

This is for the model's eyes alone. The document keeps what it has, so that a translator that changes nothing gives it back
as it was.
"""

import re

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_CHINESE_STOP = re.compile(r"\s*[。．]\s*(?=\S)")
_CHINESE_COMMA = re.compile(r"\s*[，、]\s*")
_UNSPACED = frozenset({"ja", "zh"})


def normalise(text: str, language: str) -> str:
    """A text without characters that nobody sees, and in languages with spaces with their own punctuation.

    Speech recognition with a Chinese front end writes ``。`` wherever a line ended: before a lower-case word it is the place
    where a sentence was broken, else its end.

    >>> normalise("we will talk about。attention， first。Then the rest。", "en")
    'we will talk about attention, first. Then the rest.'
    """
    text = _INVISIBLE.sub("", text)
    if language in _UNSPACED or not re.search("[。．，、？！]", text):
        return text
    text = _CHINESE_STOP.sub(lambda m: " " if text[m.end()].islower() else ". ", text)
    text = _CHINESE_COMMA.sub(", ", text).replace("？", "?").replace("！", "!")
    return text.replace("。", ".").replace("．", ".").strip()
