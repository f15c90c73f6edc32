"""Fillers and false starts of spoken language: um, 嗯, えーと, the doubled word of a stumble.

They are only marked here; who wants them out of the text cuts the ranges out. A range takes the commas with it that set
the filler off, so that what stays reads well: ``So, um, we go`` becomes ``So we go``.
"""

import re
from functools import cache

from diglot.pipeline.document import Range

__all__ = ["fillers"]

# Sounds that mean nothing wherever they stand.
_SOUNDS = {
    "en": r"u+h+m*|u+m+|e+r+m+|h+m+|mm+(?:-?hm+)?",
    "fr": r"e+uh+|h+eu+|h+um+|hm+",
    "de": r"ä+h+m*|ö+h+m*|h+m+|e+h+m+",
    "es": r"e+h+m*|e+m+|h*m{2,}",
    "ja": r"え[えーぇ]*っ?と[おぉー]*|え[ーぇ]+|あの[ーう]+|あ[ーぁ]+|う[ーぅ]*ん+と?|その[ーぅ]+|ま[ーぁ]+|んー+と?",
    "zh": r"[嗯呃唔额][嗯呃唔额]*|啊+(?=[，,。])",
    "ko": r"음+|어+|으+음*|에+|아+(?=[,.])",
}
# Words that mean nothing where commas set them off.
_PHRASES = {
    "en": r"you know|i mean|like|you see|sort of|kind of",
    "fr": r"ben|bah|tu sais|vous savez|enfin|quoi",
    "de": r"also|naja|na ja|weißt du|wissen sie|sozusagen|halt",
    "es": r"o sea|este|bueno|pues|ya sabes|digamos",
    "ja": r"えっと|あの|その|まあ|なんか|ほら",
    "zh": r"那个|这个|就是说|就是|然后呢|对吧",
    "ko": r"저기|그|뭐|이제|막|그니까",
}
# A stumble doubles a small word. `that that`, `had had`, `vous vous` can be right and are left alone.
_DOUBLED = {
    "en": "i|we|he|she|they|it|the|a|an|to|of|in|and|but|so|this|is|are|was|if|my|our|its|it's|i'm|we're",
    "fr": "je|tu|il|elle|on|le|la|les|un|une|de|du|des|à|et|mais|donc|dans|c'est",
    "de": "ich|wir|er|es|ein|eine|in|und|aber|zu|mit|von|auf|ist|wenn|dass",
    "es": "yo|el|la|los|las|un|una|de|en|y|pero|que|a|es|se|para|por",
}


def fillers(text: str, language: str) -> list[Range]:
    """The fillers and false starts of a text as [start, end), ordered and disjoint; none in a language not known.

    >>> text = "So, um, the the model, you know, learns."
    >>> [text[start:end] for start, end in fillers(text, "en")]
    [', um,', 'the ', ', you know,']
    """
    pattern = _pattern(language)
    return [match.span() for match in pattern.finditer(text)] if pattern else []


@cache
def _pattern(language: str) -> re.Pattern[str] | None:
    if language not in _SOUNDS:
        return None
    sounds, phrases = _SOUNDS[language], _PHRASES[language]
    if language in {"ja", "zh"}:
        start = r"(?:(?<=[、，,。！？\s])|^)"
        return re.compile(rf"{start}(?:(?:{sounds})(?:[、，,。…\s]+|$)|(?:{phrases})[、，,…]+)")
    comma, word, begins = r"[,，]\s?", r"(?<![\w'’-])(?<!\d\s)", r"(?:(?<=[.!?。]\s)|^)"
    spoken = (
        rf"{comma}(?:{sounds}|{phrases})[,，]|{comma}(?:{sounds})(?=[.!?。…]|$)"
        rf"|{begins}(?:{phrases}){comma}|{begins}(?:{sounds})[.。…]+\s?"
        rf"|{word}(?:{sounds})(?![\w'’-])(?:[,，]\s?|\s|$)"
    )
    doubled = _DOUBLED.get(language)
    if doubled:
        spoken += rf"|{word}(?P<word>{doubled})\s(?=(?P=word)(?![\w'’-]))"
    return re.compile(spoken, re.IGNORECASE)
