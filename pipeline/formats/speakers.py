"""Who speaks: names before a colon, at the beginnings of lines and cues.

Method: names in capitals, numbered speakers and a few roles are known by themselves (``DR. LEE:``, ``Speaker 2:``). Any
other name is known by the whole text: it comes before what reads as speech at least twice, or most of the lines that have
a time begin with a name. What begins notes and exercises in the same way (``Note:``, ``例：``) is no name.
"""

import re
from collections import Counter
from collections.abc import Iterable

from diglot.pipeline.formats.lines import ends_sentence, is_wide

_KNOWN = re.compile(
    r"(?:[A-Z][A-Z0-9.'’ -]{1,30}|(?i:speaker)[ _]?\d{1,3}|[QA]|老师|学生|同学|主持人|教授|先生|司会|質問者|講師"
    r"|(?:说话人|发言人|発言者|話者|화자)\s*\d{1,3})\s?[:：]\s*"
)
_WORD = r"[^\W_][\w.'’·・-]{0,30}"
NAME = rf"(?=[^\W\d_]){_WORD}(?:,? \(?{_WORD}\)?){{0,3}}"  # what has the form of a name
_COLON = r"(?:：|:(?!\S))"
_NAMED = re.compile(rf"(?P<open>\[|(?P<wide>【))?(?P<name>{NAME})(?(open)[\]】])\s?(?(wide){_COLON}?|{_COLON})\s*")
_FORM = re.compile(NAME)
_LONGEST, _LONGEST_WIDE = 40, 10  # characters in a name
_PARTICLES = frozenset(("al", "bin", "da", "de", "del", "della", "den", "der", "di", "du", "la", "of", "the", "van", "von"))
_BEGINNINGS_OF_NOTES = """
abstract advice agenda aim answer answers author caution caveat claim comment complexity conclusion cons contents corollary
date definition demo description details e.g example examples exercise explanation fact figure from goal hint homework i.e
idea important input introduction keywords language lecture lemma length level link location means meaning name note notes
objective output overview problem process proof proposition pros purpose question questions reading reason
remark remarks requirements result results rule section see sentence solution source step steps subject summary table task
tasks term theorem tip title to todo topic topics translation type update url usage use version vocabulary warning week word

achtung antwort aufgabe beispiel beweis bemerkung eingabe ergebnis frage hinweis lösung satz thema ziel
aviso consejo definición ejemplo ejercicio nota pregunta problema respuesta resultado solución tarea tema título
astuce attention conseil définition énoncé exemple exercice objectif preuve remarque réponse résultat sujet théorème titre

例 注 注意 注記 備考 補足 問 問い 問題 答 答え 解答 回答 解説 定義 定理 証明 目的 目標 結果 結論 要約 宿題 課題 日時 日付
場所 題名 単語 意味 用語 説明 例文 例題 入力 出力 ヒント ポイント メモ まとめ テーマ 手順 理由 参考 出典 訳 重要 必須
注释 备注 提示 问题 答案 定义 证明 目标 结果 结论 总结 作业 时间 日期 地点 标题 单词 意思 术语 说明 例子 例句 例题
输入 输出 步骤 原因 参考 来源 主题 要点 翻译 重点 难点
예 예시 참고 주의 문제 답 정의 정리 증명 목표 결과 결론 요약 과제 날짜 장소 제목
"""
_LABELS = frozenset(_BEGINNINGS_OF_NOTES.split())


def speakers(beginnings: Iterable[str], *, timed: bool = False) -> frozenset[str]:
    """The names among lines that begin with one; ``timed``: all lines have times, as cues have.

    >>> speakers(["Ann Lee: Shall we begin?", "Bob: Yes.", "Ann Lee: Then let us do so."])
    frozenset({'Ann Lee'})
    """
    found: Counter[str] = Counter()
    spoken: Counter[str] = Counter()
    total = 0
    for line in beginnings:
        total += 1
        named = _NAMED.match(line)
        if named and is_name(named["name"]):
            found[named["name"]] += 1
            spoken[named["name"]] += _is_speech(line[named.end() :])
    mostly = timed and 2 * found.total() > total
    return frozenset(name for name, count in found.items() if mostly or (count >= 2 and 2 * spoken[name] >= count))


def is_name(name: str) -> bool:
    """Whether words may be somebody's name: each with a capital, in a script that has capitals, but for one alone.

    >>> [name for name in ("Sarah Chen", "Keller, Jana", "bob", "base case", "Example 2", "学生A") if is_name(name)]
    ['Sarah Chen', 'Keller, Jana', 'bob', '学生A']
    """
    if len(name) > (_LONGEST_WIDE if is_wide(name) else _LONGEST) or not _FORM.fullmatch(name):
        return False
    words = _words(name)
    if not _LABELS.isdisjoint(words):
        return False
    return len(words) == 1 or not any(word[:1].islower() and word not in _PARTICLES for word in name.split())


def _words(name: str) -> list[str]:
    """The words of a name without capitals, numbers and marks."""
    return [word.strip("().,:：").rstrip("0123456789").lower() for word in name.split()]


def _is_speech(line: str) -> bool:
    """Whether somebody says this: a sentence, or some words at least."""
    return ends_sentence(line) or line.count(" ") >= 3 or (is_wide(line) and len(line) >= 8)


def after_speaker(text: str, start: int, end: int, names: frozenset[str] = frozenset()) -> int:
    """Where the words of a line begin: after the name of who speaks (``DR. LEE:``, one of ``names``), if there is one.

    >>> after_speaker("LECTURER: Good morning.", 0, 23), after_speaker("NOTE: it works.", 0, 15)
    (10, 0)
    >>> after_speaker("Ann Lee: Good morning.", 0, 22, frozenset({"Ann Lee"}))
    9
    """
    found = _KNOWN.match(text, start, end)
    if found and not _LABELS.isdisjoint(_words(found[0])):
        return start
    if found is None and (named := _NAMED.match(text, start, end)) and named["name"] in names:
        found = named
    return found.end() if found and found.end() < end else start
