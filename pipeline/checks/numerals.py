"""The words for numbers, months and weekdays in the seven languages.

Word languages (English, French, German, Spanish) are tables from word to value, evaluated over a run of words;
Chinese and Japanese numerals are characters, evaluated over a run of characters; Korean has both a Chinese and a
native series.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache

__all__ = [
    "CONNECTIVES",
    "HAN_DIGITS",
    "HAN_SCALES",
    "MONTHS",
    "WEEKDAYS",
    "evaluate",
    "evaluate_han",
    "scales",
    "words",
]

# `word word …`: values counted from the number that stands first; `a|b` are two words for one value.
_COUNTED = {
    "en": (
        "0 zero|nil|null one|a|an|once|single|first two|second|twice|double|both|pair|couple"
        " three|third|triple|thrice four|fourth five|fifth six|sixth seven|seventh eight|eighth nine|ninth"
        " ten|tenth eleven|eleventh twelve|twelfth thirteen|thirteenth fourteen|fourteenth fifteen|fifteenth"
        " sixteen|sixteenth seventeen|seventeenth eighteen|eighteenth nineteen|nineteenth",
        "twenty|twentieth thirty|thirtieth forty|fortieth fifty|fiftieth sixty|sixtieth seventy|seventieth"
        " eighty|eightieth ninety|ninetieth",
    ),
    "fr": (
        "0 zéro un|une|premier|première|premiers|premières deux|deuxième|second|seconde|double"
        " trois|troisième|triple quatre|quatrième cinq|cinquième six|sixième sept|septième huit|huitième"
        " neuf|neuvième dix|dixième|dizaine onze|onzième douze|douzième|douzaine treize|treizième"
        " quatorze|quatorzième quinze|quinzième|quinzaine seize|seizième",
        "vingt|vingts|vingtième|vingtaine trente|trentième|trentaine quarante|quarantième|quarantaine"
        " cinquante|cinquantième|cinquantaine soixante|soixantième|soixantaine septante huitante|octante nonante",
    ),
    "de": (
        "0 null eins|ein|eine|einen|einem|einer|eines|einmal|erste|ersten|erster|erstes|erstens"
        " zwei|zweimal|beide|beiden|doppelt|zweite|zweiten drei|dreimal|dritte|dritten|dreifach vier fünf sechs"
        " sieben|siebte|siebten|siebter acht|achte|achten neun zehn elf zwölf|dutzend dreizehn vierzehn fünfzehn"
        " sechzehn siebzehn achtzehn neunzehn",
        "zwanzig dreißig|dreissig vierzig fünfzig sechzig siebzig achtzig neunzig",
    ),
    "es": (
        "0 cero uno|un|una|primer|primero|primera|primeros|primeras dos|segundo|segunda|doble|ambos|ambas"
        " tres|tercer|tercero|tercera|triple cuatro|cuarto|cuarta cinco|quinto|quinta seis|sexto|sexta"
        " siete|séptimo|séptima ocho|octavo|octava nueve|noveno|novena diez|décimo|décima|decena once doce|docena"
        " trece catorce quince dieciséis diecisiete dieciocho diecinueve",
        "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    ),
    "ko": (
        "1 하나|한|첫 둘|두 셋|세|석 넷|네|넉 다섯 여섯 일곱 여덟 아홉",
        "",
    ),
}
_OTHER = {
    "en": "hundred 100 dozen 12 dozens 12 half 0.5 halves 0.5 quarter 0.25 quarters 0.25 noon 12 midnight 0"
    " tenfold 10 teens 10 teen 10 teenager 10 teenagers 10 teenage 10 square 2 squared 2 squares 2 cube 3 cubed 3 cubes 3",
    "fr": "cent 100 cents 100 centaine 100 centaines 100 demi 0.5 demie 0.5 moitié 0.5 quart 0.25 tiers 3 midi 12"
    " minuit 0 dizaines 10 douzaines 12 carré 2 carrée 2 carrés 2 cube 3 cubes 3",
    "de": "hundert 100 hunderte 100 hälfte 0.5 halb 0.5 halbe 0.5 halben 0.5 viertel 0.25 drittel 3 anderthalb 1.5"
    " eineinhalb 1.5 zweieinhalb 2.5"
    " quadrat 2 quadrate 2 kubik 3",
    "es": "cien 100 ciento 100 cientos 100 doscientos 200 doscientas 200 trescientos 300 trescientas 300"
    " cuatrocientos 400 cuatrocientas 400 quinientos 500 quinientas 500 seiscientos 600 seiscientas 600"
    " setecientos 700 setecientas 700 ochocientos 800 ochocientas 800 novecientos 900 novecientas 900"
    " veintiuno 21 veintiún 21 veintiuna 21 veintidós 22 veintitrés 23 veinticuatro 24 veinticinco 25"
    " veintiséis 26 veintisiete 27 veintiocho 28 veintinueve 29 medio 0.5 media 0.5 mitad 0.5 tercio 3"
    " tercios 3 docenas 12 mediodía 12 medianoche 0 cuadrado 2 cuadrada 2 cuadrados 2 cubo 3 cubos 3",
    "ko": "열 10 스물 20 스무 20 서른 30 마흔 40 쉰 50 예순 60 일흔 70 여든 80 아흔 90 반 0.5 절반 0.5 제곱 2",
}
# What a number is multiplied by when the word follows it: powers of ten.
_SCALES = {
    "en": "thousand 3 thousands 3 million 6 millions 6 billion 9 billions 9 trillion 12 trillions 12 hundred 2 bn"
    " 9 mn 6 mln 6",
    "fr": "mille 3 millier 3 milliers 3 million 6 millions 6 milliard 9 milliards 9 billion 12 billions 12 md 9"
    " mds 9 cents 2",
    "de": "tausend 3 tausende 3 million 6 millionen 6 mio 6 milliarde 9 milliarden 9 mrd 9 billion 12 billionen"
    " 12 hundert 2",
    "es": "mil 3 miles 3 millón 6 millones 6 billón 12 billones 12 cientos 2",
}
CONNECTIVES = {"en": "and", "fr": "et", "de": "und", "es": "y"}

HAN_DIGITS = dict(
    zip("〇零○一二三四五六七八九两兩俩壱弐参", (0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 2, 2, 2, 1, 2, 3), strict=True)
)
HAN_DIGITS |= dict(zip("영공일이삼사오육륙칠팔구", (0, 0, 1, 2, 3, 4, 5, 6, 6, 7, 8, 9), strict=True))
HAN_SCALES = dict(zip("十百千万萬億亿兆십백천만억조", (1, 2, 3, 4, 4, 8, 8, 12, 1, 2, 3, 4, 8, 12), strict=True))

MONTHS = {
    "en": "January|Jan February|Feb March|Mar April|Apr May June|Jun July|Jul August|Aug September|Sep|Sept"
    " October|Oct November|Nov December|Dec",
    "fr": "janvier|janv février|févr mars avril|avr mai juin juillet|juil août septembre octobre|oct"
    " novembre|nov décembre|déc",
    "de": "Januar|Jan|Jänner Februar|Feb März April|Apr Mai Juni|Jun Juli|Jul August|Aug September|Sep|Sept"
    " Oktober|Okt November|Nov Dezember|Dez",
    "es": "enero|ene febrero|feb marzo abril|abr mayo junio|jun julio|jul agosto|ago"
    " septiembre|setiembre|sep|sept octubre|oct noviembre|nov diciembre|dic",
}
WEEKDAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag|Sonnabend Sonntag",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "ja": "月曜 火曜 水曜 木曜 金曜 土曜 日曜",
    "zh": "星期一|周一|礼拜一 星期二|周二|礼拜二 星期三|周三|礼拜三 星期四|周四|礼拜四 星期五|周五|礼拜五"
    " 星期六|周六|礼拜六 星期日|星期天|周日|礼拜天|礼拜日",
    "ko": "월요일 화요일 수요일 목요일 금요일 토요일 일요일",
}


@cache
def scales(language: str) -> dict[str, Decimal]:
    """The words by which a number before them is multiplied, and the power of ten that each stands for."""
    return _pairs(_SCALES.get(language, ""))


@cache
def words(language: str) -> dict[str, Decimal]:
    """The words for numbers of a word language, in lower case, and what each stands for."""
    table: dict[str, Decimal] = {}
    small, tens = _COUNTED.get(language, ("0", ""))
    first, *ones = small.split()
    table |= _count(ones, int(first), 1) | _count(tens.split(), 20, 10)
    table |= _pairs(_OTHER.get(language, ""))
    for word, power in scales(language).items():
        table.setdefault(word, 10**power)
    return table


def _count(words: Sequence[str], start: int, step: int) -> dict[str, Decimal]:
    return {form: Decimal(start + step * i) for i, forms in enumerate(words) for form in forms.split("|")}


def _pairs(table: str) -> dict[str, Decimal]:
    cells = table.split()
    return dict(zip(cells[::2], map(Decimal, cells[1::2]), strict=True))


def evaluate(values: Iterable[Decimal]) -> Decimal:
    """The value of a run of number words: ``two hundred and five`` is 2, 100, 5.

    >>> evaluate(map(Decimal, (4, 20, 10))), evaluate(map(Decimal, (2, 100, 5, 1000)))
    (Decimal('90'), Decimal('205000'))
    """
    total = current = Decimal(0)
    for value in values:
        if value >= 1000:
            total, current = total + (current or 1) * value, Decimal(0)
        elif value == 100 or (value == 12 and 0 < current < 12) or (value == 20 and current == 4):  # dozen, quatre-vingts
            current = (current or 1) * value
        else:
            current += value
    return total + current


def evaluate_han(run: str) -> Decimal | None:
    """The value of a run of Chinese, Japanese or Korean numerals, ASCII digits among them; None where it has none.

    >>> [str(evaluate_han(run)) for run in ("千二百三十四", "二〇二六", "1億2000万", "三四十")]
    ['1234', '2026', '120000000', 'None']
    """
    if not any(character in HAN_SCALES for character in run):
        return _digits(run)
    groups = _scaled_groups().fullmatch(run) and _scaled_group().findall(run)
    total = section = Decimal(0)
    for digits, scale in groups or ():
        value, power = _digits(digits), HAN_SCALES.get(scale)
        if value is None:
            return None
        if power is None:
            section += value
        elif power < 4:
            section += (value or 1) * 10**power
        elif total and not section + value:  # 万亿
            total *= 10**power
        else:
            total, section = total + (section + value or 1) * 10**power, Decimal(0)
    return total + section if groups else None


@cache
def _scaled_group() -> re.Pattern[str]:
    """Digits and the scale after them, either of which may be absent: of Han digits one stands before a scale."""
    return re.compile(rf"(?:[零〇](?=.))?([\d.,]+|[{''.join(HAN_DIGITS)}]?)([{''.join(HAN_SCALES)}]|\Z)")


@cache
def _scaled_groups() -> re.Pattern[str]:
    return re.compile(f"(?:{_scaled_group().pattern})+")


def _digits(text: str) -> Decimal | None:
    """Digits with a decimal point or thousands commas, or nothing, which counts as 0."""
    plain = "".join(str(HAN_DIGITS.get(character, character)) for character in text).replace(",", "")
    try:
        return Decimal(plain or 0)
    except ArithmeticError:
        return None
