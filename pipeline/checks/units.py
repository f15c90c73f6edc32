"""The unit that stands beside a number, the same name for it in whatever language or symbol it is written."""

import re
from functools import cache

from diglot.pipeline.checks.quantities import Quantity, narrow

__all__ = ["unit"]

# After the number, all languages together: a form that ends in a Latin letter must end there.
_AFTER = {
    "per cent": r"% percent per\scent pct Prozent pour\s?cent por\sciento パーセント 퍼센트",
    "kilometre": "km kilomet(?:er|re)s? Kilometern? kilómetros? kilomètres? キロメートル 公里 千米 킬로미터",
    "metre": "m met(?:er|re)s? Metern? metros? mètres? メートル 米(?![国ドルド軍]) 미터",
    "centimetre": "cm centimet(?:er|re)s? Zentimetern? centímetros? centimètres? センチ 厘米 公分 센티미터 센티",
    "millimetre": "mm millimet(?:er|re)s? Millimetern? milímetros? millimètres? ミリメートル 毫米 밀리미터",
    "mile": "miles? Meilen? millas? milles? マイル 英里 마일",
    "foot": "feet foot ft Fuß pieds? pies? フィート 英尺 피트",
    "inch": "inch(?:es)? Zoll pouces? pulgadas? インチ 英寸 인치",
    "yard": "yards? Yard yardas? ヤード 码 야드",
    "kilogram": "kg kilograms? kilos? Kilogramm Kilo kilogramos? kilogrammes? キログラム 公斤 千克 킬로그램",
    "jin": "斤 jin",
    "gram": "g grams? Gramm gramos? grammes? グラム 克 그램",
    "ton": "tons? tonnes? Tonnen? toneladas? トン 吨 톤",
    "pound": "pounds? lbs? £ Pfund livres? libras? ポンド 英?磅 英?镑 파운드",
    "ounce": "ounces? oz Unzen? onces? onzas? オンス 盎司 온스",
    "gallon": "gallons? Gallonen? galones ガロン 加仑 갤런",
    "litre": "l lit(?:er|re)s? Litern? litros? リットル 升 리터",
    "kilobyte": "[Kk]B Ko ko kilobytes? キロバイト 千字节 킬로바이트",
    "megabyte": "MB Mo megabytes? メガバイト 兆字节 메가바이트",
    "gigabyte": "GB Go gigabytes? ギガバイト 吉字节 기가바이트",
    "terabyte": "TB To terabytes? テラバイト 太字节 테라바이트",
    "hertz": "Hz [Hh]ertz ヘルツ 赫兹 헤르츠",
    "kilohertz": "[Kk]Hz [Kk]ilohertz キロヘルツ 千赫 킬로헤르츠",
    "megahertz": "MHz [Mm]egahertz メガヘルツ 兆赫 메가헤르츠",
    "gigahertz": "GHz [Gg]igahertz ギガヘルツ 吉赫 千兆赫 기가헤르츠",
    "celsius": r"°\s?C ℃ degrees\sCelsius Grad\sCelsius degrés\sCelsius grados\sCelsius 摄氏度",
    "fahrenheit": r"°\s?F ℉ degrees\sFahrenheit Grad\sFahrenheit degrés\sFahrenheit grados\sFahrenheit 华氏度",
    "millisecond": "ms milliseconds? Millisekunden? millisecondes? milisegundos? ミリ秒 毫秒 밀리초",
    "second": "seconds? secs? Sekunden? secondes? segundos? 秒 초",
    "minute": "minutes? mins? Minuten? minutos? 分(?![のはのか之数布析類类]) 分钟 分間 분",
    "hour": "hours? hrs? Stunden? heures? horas? 時間 小时 시간",
    "day": "days? Tagen? jours? días? 日間 天 일",
    "week": "weeks? Wochen? semaines? semanas? 週間 周(?![年岁]) 주",
    "month": "months? Monaten? mois meses か月 ヶ月 カ月 ヵ月 个月 個月 개월",
    "year": "years? yrs? Jahren? ans? années? años? 年間 년간",
    "dollar": "dollars? USD Dollar dólar(?:es)? ドル 米ドル 美元 美金 달러",
    "euro": "€ euros? EUR Euro ユーロ 欧元 유로",
    "yen": "yen JPY 円 日元 엔",
    "yuan": "yuan RMB CNY 元 人民币 위안",
    "won": "won KRW ウォン 韩元 韩币 원(?![칙소래리])",
}
_BEFORE = {"$": "dollar", "＄": "dollar", "€": "euro", "£": "pound", "₩": "won"}  # ¥ is the yen and the yuan
_LONGEST = 24  # characters that a unit and what stands before it may take


def unit(text: str, quantity: Quantity) -> str | None:
    """The unit beside a number, or None where there is none that is known.

    >>> from diglot.pipeline.checks.quantities import figures
    >>> [unit(text, figures(text, "ja")[0]) for text in ("70％", "$5", "5キログラム", "5人")]
    ['per cent', 'dollar', 'kilogram', None]
    """
    symbol = _BEFORE.get(text[max(0, quantity.start - 1) : quantity.start])
    match = _pattern().match(narrow(text[quantity.end : quantity.end + _LONGEST]))
    return symbol or (match.lastgroup.replace("_", " ") if match and match.lastgroup else None)


@cache
def _pattern() -> re.Pattern[str]:
    """A group for each unit; a form in Latin letters must end where its word ends."""
    forms = {name: "|".join(group.split()) for name, group in _AFTER.items()}
    groups = "|".join(f"(?P<{name.replace(' ', '_')}>{form})" for name, form in forms.items())
    return re.compile(rf"[ \xa0-]?[多余餘]?(?:{groups})(?:(?<![A-Za-zÀ-ɏ])|(?![A-Za-zÀ-ɏ]))")
