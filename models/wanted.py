"""What a translation has to contain, and whether a result does.

Terms and placeholders are looked for in the text, not in the tokens: one word can be cut into tokens in several ways. A word
of Latin letters counts where it stands alone, and an English one in its inflected forms, too: "matrices" will do
for "matrix". A placeholder may stand once, and only where it is wanted.
"""

import re
from collections.abc import Sequence

from diglot import PLACEHOLDERS
from diglot.models.engines import EngineResult, Groups
from diglot.models.tokenizer import Tokenizer


class Wanted:
    """Groups of spellings; a result has to contain one of each. Where there are none, any result will do."""

    def __init__(self, groups: Groups, tokenizer: Tokenizer) -> None:
        self.groups = [[ids for ids in group if ids] for group in groups if any(group)]
        self.texts = [list(dict.fromkeys(plain(tokenizer.decode(ids)).strip() for ids in group)) for group in self.groups]
        self.marks = frozenset(tokenizer.ids(PLACEHOLDERS))
        self.own_marks = self.marks & {token for group in self.groups for ids in group for token in ids}
        self._tokenizer = tokenizer

    def lacking(self, ids: Sequence[int]) -> set[int]:
        """The numbers of the groups that a result has nothing of."""
        text = plain(self._tokenizer.decode(ids))
        found = (any(stands_in(form, text) for word in texts for form in _forms(word)) for texts in self.texts)
        return {number for number, is_there in enumerate(found) if not is_there}

    def wrong_mark(self, ids: Sequence[int]) -> int | None:
        """The place of the first placeholder that is not wanted, or is there already."""
        seen: set[int] = set()
        for place, token in enumerate(ids):
            if token in self.marks:
                if token in seen or token not in self.own_marks:
                    return place
                seen.add(token)
        return None

    def of(self, found: EngineResult) -> EngineResult | None:
        """The hypotheses that have everything, in their order."""
        whole = list(filter(self._is_met, (found._replace(others=()), *found.others)))
        return whole[0]._replace(others=whole[1:]) if whole else None

    def _is_met(self, found: EngineResult) -> bool:
        return not self.groups or (not self.lacking(found.ids) and self.wrong_mark(found.ids) is None)


def stands_in(word: str, text: str) -> bool:
    """Whether a word is in a text, both in lower case; katakana words are joined without ado.

    >>> stands_in("parse", "it parsed."), stands_in("parse", "a parser"), stands_in("ステップ", "タイムステップコスト")
    (True, False, True)
    """
    place = text.find(word)
    while place >= 0:
        if not (_BETWEEN.match(text[max(0, place - 1) : place] + word[:1]) or _GOES_ON.match(text, place + len(word))):
            return True
        place = text.find(word, place + 1)
    return False


def plain(text: str) -> str:
    """A text without what is no difference between words."""
    return text.lower().replace("-", " ")


def _forms(word: str) -> list[str]:
    """A word, and the English inflections of it in which its end is another.

    >>> _forms("matrix"), _forms("normalize"), _forms("行列")
    (['matrix', 'matrices'], ['normalize', 'normalizing'], ['行列'])
    """
    return [word, *(word.removesuffix(end) + other for end, other in _CHANGED if word.endswith(end))]


_CHANGED = (("e", "ing"), ("y", "ies"), ("y", "ied"), ("ix", "ices"), ("ex", "ices"), ("is", "es"))
LETTER = "[a-zß-öø-ɏ]"
_BETWEEN = re.compile(LETTER * 2)  # a word that began before
_GOES_ON = re.compile(f"(?<={LETTER})(?!(?<=[a-z])(?:e?s|ed|ing)(?!{LETTER})|(?<=e)d(?!{LETTER})){LETTER}")
