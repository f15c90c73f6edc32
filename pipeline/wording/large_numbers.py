"""Large numbers between languages that count in thousands (English) and in ten thousands (Chinese, Japanese, Korean).

A million is 100万. The currency sign before a number goes with it, since these languages write it behind, as a word.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from diglot.pipeline.checks.numerals import evaluate_han, scales
from diglot.pipeline.document import Range

__all__ = ["reworded", "written"]

_THOUSANDS = (("trillion", 12), ("billion", 9), ("million", 6))
_MYRIADS = {
    "ja": (("兆", 12), ("億", 8), ("万", 4)),
    "zh": (("万亿", 12), ("亿", 8), ("万", 4)),
    "ko": (("조", 12), ("억", 8), ("만", 4)),
}
_CURRENCIES = {
    "ja": {"$": "ドル", "€": "ユーロ", "£": "ポンド"},
    "zh": {"$": "美元", "€": "欧元", "£": "英镑"},
    "ko": {"$": "달러", "€": "유로", "£": "파운드"},
}
_WORTH_A_WORD = 2  # decimals of a million, beyond which all digits are written
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,6})?|\d{1,15}(?:\.\d{1,6})?"
# Not 2-3 million, of which the first number has the scale of the second, nor 3 million 500 thousand, which is one.
_ENGLISH = re.compile(
    rf"(?<![\w.,$€£¥₩-])(?P<sign>[$€£]?)(?P<digits>{_DIGITS})[ \xa0-]?"
    r"(?P<scale>thousand|million|billion|trillion)(?![\w-]| \d[\d,.]* (?:hundred|thousand|million|billion)\b)",
    re.IGNORECASE,
)
_COUNT = r"\d[\d,]*(?:\.\d+)?"
_HAN = "〇零一二三四五六七八九十百千万萬億亿兆"
# Nor 10万分の1, 数10万, 10万余, or 3万5, which is 35,000 where it is said.
_WIDE = re.compile(
    rf"(?<![A-Za-z\d.,{_HAN}数數几幾])(?={_COUNT} ?[十百千]?[万萬億亿兆])(?:{_COUNT} ?[十百千]?(?:万亿|萬億|兆) ?)?"
    rf"(?:{_COUNT} ?[十百千]?[億亿] ?)?(?:{_COUNT} ?[十百千]?[万萬])?(?:(?<! )(?:\d[\d,]+千?|\d千))?(?<! )"
    rf"(?![.,]?\d|[{_HAN}分餘余多])"
)
# In Korean, 만 is also “only” (2만, 2만큼), and 조 begins words: what is counted tells.
_COUNTED = "[명개원번배건회년권줄톤]|달러|유로|시간|단어|차원|가지|마리|픽셀|토큰|파라|매개|이상|이하|정도"
_KOREAN = re.compile(
    rf"(?<![A-Za-z\d.,])(?={_COUNT}[십백천]?[만억조])(?:{_COUNT}[십백천]?조 ?)?(?:{_COUNT}[십백천]?억 ?)?"
    rf"(?:{_COUNT}[십백천]?만)?(?: ?(?:\d{{3,4}}|\d천))?(?<! )(?![.,]?\d| \d|[십백천만억조])"
    rf"(?:(?<![만억조])|(?= ?(?:{_COUNTED})|[.,~〜)]|\Z))"
)
_PATTERNS = {"en": _ENGLISH, "ja": _WIDE, "zh": _WIDE, "ko": _KOREAN}
_RANGE_BEFORE = re.compile(
    r"(?:(?<![\d.,])\d{1,3}(?:\.\d+)?\s?(?:to|or|and|[-–—/,、，.〜～~到至或か])\s?|(?:million|billion|trillion) )\Z",
    re.IGNORECASE,
)
_RANGE = 12  # characters
_NARROW = str.maketrans("０１２３４５６７８９．\u3000\xa0", "0123456789.  ")


def reworded(text: str, source: str, target: str) -> Iterator[tuple[Range, str]]:
    """Where large numbers stand in a text of one language, and what each is in another.

    >>> list(reworded("It costs $1.2 million.", "en", "ja"))
    [((9, 21), '120万ドル')]
    >>> list(reworded("约有1亿2500万人", "zh", "en"))
    [((2, 9), '125 million')]
    """
    if source == target or source not in _PATTERNS or target not in _PATTERNS:
        return
    for match in _PATTERNS[source].finditer(text.translate(_NARROW)):
        value = None if _is_range(match) else (_english_value if source == "en" else _wide_value)(match)
        if value and value == value.to_integral_value():
            sign = match.groupdict().get("sign", "")
            yield match.span(), written(value, target) + _CURRENCIES.get(target, {}).get(sign, "")


def _english_value(match: re.Match[str]) -> Decimal:
    return Decimal(match["digits"].replace(",", "")).scaleb(int(scales("en")[match["scale"].lower()]))


def _wide_value(match: re.Match[str]) -> Decimal | None:
    return evaluate_han(match[0].replace(" ", ""))


def _is_range(match: re.Match[str]) -> bool:
    """Whether it is the end of a range, which gives its beginning the scale (2 to 3 million)."""
    return _RANGE_BEFORE.search(match.string, max(0, match.start() - _RANGE), match.start()) is not None


def written(value: Decimal, language: str) -> str:
    """A whole number as English, Chinese, Japanese or Korean writes a large one.

    >>> [written(Decimal(1_770_000_000_000), language) for language in ("en", "ja", "zh")]
    ['1.77 trillion', '1兆7700億', '1.77万亿']
    >>> [written(Decimal(104_500), language) for language in ("en", "ja", "zh", "ko")]
    ['104,500', '10万4500', '10.45万', '10만 4500']
    """
    value = value.to_integral_value()  # 3.5万 is 35000.0
    if language == "en":
        for name, power in _THOUSANDS:
            short = value.scaleb(-power).normalize()
            if short >= 1 and _decimals(short) <= _WORTH_A_WORD:
                return f"{short:,f} {name}"
        return f"{value:,f}"
    largest, power = next((one for one in _MYRIADS[language] if value >= 10 ** one[1]), ("", 0))
    short = value.scaleb(-power).normalize()
    if language == "zh" and _decimals(short) <= _WORTH_A_WORD:
        return f"{short:f}{largest}"
    parts = []
    for name, power in (*_MYRIADS[language], ("", 0)):
        count, value = divmod(value, 10**power)
        if count:
            parts.append(f"{count:f}{name}")
    return (" " if language == "ko" else "").join(parts)


def _decimals(value: Decimal) -> int:
    return max(0, -int(value.as_tuple().exponent))
