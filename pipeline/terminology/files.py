"""Glossary files: what tables and TBX have in common.

Each reader turns a file into terms, or raises one error that names the line. Here are the directions, the cleaning of a
term, and the settling of doubles and contradictions, alike for all.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

from diglot import GlossaryError
from diglot.pipeline.glossary import Glossary, OtherLanguagesError, Term
from diglot.pipeline.terminology.index import units
from diglot.pipeline.terminology.inflection import fold

LONGEST = 300  # characters: a term, not a text

_LANGUAGES = frozenset({"en", "ja", "zh", "zh-hant", "fr", "de", "es", "ko"})
_CHINESE = {"zh-cn": "zh", "zh-sg": "zh", "zh-hans": "zh", "zh-tw": "zh-hant", "zh-hk": "zh-hant", "zh-hant": "zh-hant"}
# Each language by its name in our languages, as columns are headed.
_NAMES = {
    "en": ("english", "anglais", "englisch", "inglés", "英語", "英语", "英文", "영어"),
    "ja": ("japanese", "japonais", "japanisch", "japonés", "日本語", "日语", "日文", "일본어"),
    "zh": ("chinese", "chinois", "chinesisch", "chino", "中国語", "中文", "汉语", "简体中文", "중국어"),
    "zh-hant": ("traditional chinese", "chinois traditionnel", "繁体字", "繁体中文", "繁體中文"),
    "fr": ("french", "français", "französisch", "francés", "フランス語", "法语", "法文", "프랑스어"),
    "de": ("german", "allemand", "deutsch", "alemán", "ドイツ語", "德语", "德文", "독일어"),
    "es": ("spanish", "espagnol", "spanisch", "español", "スペイン語", "西班牙语", "西班牙文", "스페인어"),
    "ko": ("korean", "coréen", "koreanisch", "coreano", "韓国語", "韩语", "韩文", "한국어"),
}
_CODES = _CHINESE | {name: code for code, names in _NAMES.items() for name in names}
_IN_NAME = re.compile(r"(?<![a-z])([a-z]{2})[-_]([a-z]{2})\.[a-z0-9]+$", re.IGNORECASE)
_INVISIBLE = re.compile(
    "[\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}\N{WORD JOINER}"
    "\N{LEFT-TO-RIGHT EMBEDDING}-\N{RIGHT-TO-LEFT OVERRIDE}\N{LEFT-TO-RIGHT ISOLATE}-\N{POP DIRECTIONAL ISOLATE}"
    "\N{ZERO WIDTH NO-BREAK SPACE}]"
)
_UNUSABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff]")  # controls, surrogates, private use
_XML_START = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*<")

Direction = tuple[str, str]


@dataclass(frozen=True)
class GlossaryFile:
    """The file being read: its errors know where they are, and what was odd is collected."""

    path: Path
    warnings: list[str] = field(default_factory=list)

    def fail(self, line: int, what: str, advice: str) -> NoReturn:
        """Raise the error of a line, or of the whole file (line 0)."""
        message = f"{self.path}{f':{line}' if line else ''}: {what}; {advice}"
        raise GlossaryError(message)

    def warn(self, line: int, what: str) -> None:
        """Note what was odd but could be used."""
        self.warnings.append(f"{self.path}:{line}: {what}")


def read(path: Path, source: str | None, target: str | None) -> Glossary:
    """Read one file whole; :func:`diglot.pipeline.glossary.read` says what is returned and raised."""
    file = GlossaryFile(path)
    wanted = language_code(source), language_code(target)
    try:
        data = path.read_bytes()
    except OSError as error:
        file.fail(0, f"cannot be read ({error.strerror})", "check the path")
    if path.suffix.lower() in {".tbx", ".xml"} or _XML_START.match(data):
        from diglot.pipeline.terminology.tbx import read_tbx

        direction, terms = read_tbx(file, data, wanted)
        terms = _settle(file, terms, join=True)  # concepts: two of them may well have one name
    else:
        from diglot.pipeline.terminology.tables import read_table

        direction, terms = read_table(file, data, wanted)
        terms = _settle(file, terms, join=False)
    if not terms:
        file.fail(0, "there is no term in it", "write a line: source, tab, target")
    glossary = Glossary(*direction, tuple(terms), tuple(file.warnings))
    return glossary if _agree(direction, wanted) else glossary.reverse()


def language_code(tag: str | None) -> str | None:
    """The language of a tag or a name as diglot writes it: EN-US and English are en, zh-CN is zh, zh-TW stays zh-hant."""
    if tag is None:
        return None
    tag = tag.strip().lower().replace("_", "-")
    return _CODES.get(tag) or tag.partition("-")[0]


def is_language(cell: str) -> bool:
    """Whether a cell or a part of a file's name is one of our languages: its code (ja, EN-US, zh-Hans) or its name."""
    name = cell.strip()
    return language_code(cell) in _LANGUAGES and (len(name) in (2, 5, 7) or name.lower() in _CODES)


def named_direction(file: GlossaryFile) -> Direction | None:
    """The direction that a file's name says."""
    name = _IN_NAME.search(file.path.name)
    return (name[1].lower(), name[2].lower()) if name and all(is_language(code) for code in name.groups()) else None


def direction_of(file: GlossaryFile, stated: Direction | None, wanted: tuple[str | None, str | None]) -> Direction:
    """The direction of a file's columns: what it states, or what its name says, or else what is wanted."""
    stated = stated or named_direction(file)
    if stated is not None:
        if not _agree(stated, wanted) and not _agree(stated[::-1], wanted):
            raise _other_languages(file, stated, wanted)
        return stated
    if wanted[0] is None or wanted[1] is None:
        advice = "add a header line (en, tab, ja), put it into the file's name (NAME.en-ja.tsv) or give both languages"
        file.fail(0, "its direction is not known", f"{advice} (--from, --to)")
    return wanted[0], wanted[1]


def _other_languages(file: GlossaryFile, has: Sequence[str], wanted: tuple[str | None, str | None]) -> OtherLanguagesError:
    what = f"its languages are {' and '.join(has)}, wanted is {wanted[0] or '?'} to {wanted[1] or '?'}"
    return OtherLanguagesError(f"{file.path}: {what}; choose another glossary")


def choose_direction(file: GlossaryFile, languages: Sequence[str], wanted: tuple[str | None, str | None]) -> Direction:
    """Two of a file's languages, as wanted; where nothing is wanted and there are only two, in the file's order."""
    possible = [(a, b) for a in languages for b in languages if a != b and _agree((a, b), wanted)]
    if not possible and None not in wanted:
        raise _other_languages(file, languages, wanted)
    if not possible or (len(possible) > 1 and len(languages) > 2):
        advice = "say which two are wanted, from and to"
        file.fail(0, f"it has the languages {', '.join(languages)}", advice)
    return possible[0]


def _agree(direction: Sequence[str], wanted: tuple[str | None, str | None]) -> bool:
    return all(want in (None, have) for want, have in zip(wanted, direction, strict=True))


def clean(file: GlossaryFile, line: int, cell: str, what: str) -> str:
    """A term as it can be matched and written: one line, nothing invisible, not a whole text."""
    if unusable := _UNUSABLE.search(cell):
        file.fail(line, f"the {what} holds the character U+{ord(unusable[0]):04X}", "remove it")
    visible = _INVISIBLE.sub("", cell)
    term = " ".join(visible.split())
    if visible != cell:
        file.warn(line, f"invisible characters taken out of the {what} “{term[:40]}”")
    if len(term) > LONGEST:
        advice = f"a term has at most {LONGEST}: is a quotation mark not closed, or is this no glossary?"
        file.fail(line, f"the {what} “{term[:30]}…” has {len(term):,} characters", advice)
    if term and not units(term):
        file.fail(line, f"the {what} “{term}” holds no letter, digit or sign", "write a term")
    return term


def is_verb(source: str, targets: Sequence[str], direction: Direction) -> bool:
    """Whether a term is a verb by its look: "to train", "normalize", or one that becomes 学習する."""
    if direction[0] == "en" and re.search(r"^to |(?:iz|if)(?:e|y)$", source):
        return True
    return direction[1] == "ja" and any(re.search("[うくぐすつぬぶむる]$", target) for target in targets)


def _settle(file: GlossaryFile, terms: Sequence[Term], *, join: bool) -> list[Term]:
    """One entry a term: doubles left out, entries of different domains (``join``: all) made one, the rest refused."""
    settled: dict[str, Term] = {}
    against: list[tuple[Term, Term]] = []
    for term in terms:
        key = " ".join(units(term.source if term.case_sensitive else fold(term.source)))
        before = settled.setdefault(key, term)
        if before is term:
            continue
        if _contradict(before, term, join=join):
            against.append((before, term))
        elif set(term.targets) <= set(before.targets) and set(term.forbidden) <= set(before.forbidden):
            file.warn(_line(term), f"“{term.source}” is in line {_line(before)} already")
        else:
            settled[key] = _joined(before, term)
    if against:
        _refuse(file, against)
    for term in settled.values():
        if both := set(term.targets) & set(term.forbidden):
            file.fail(_line(term), f"“{min(both)}” is both accepted and forbidden for “{term.source}”", "decide")
    return list(settled.values())


def _contradict(before: Term, term: Term, *, join: bool) -> bool:
    if before.do_not_translate != term.do_not_translate:
        return True
    in_one_domain = before.domain == term.domain and not join
    return in_one_domain and bool(before.targets) and bool(term.targets) and set(before.targets) != set(term.targets)


def _joined(before: Term, term: Term) -> Term:
    return replace(
        before,
        targets=tuple(dict.fromkeys((*before.targets, *term.targets))),
        forbidden=tuple(dict.fromkeys((*before.forbidden, *term.forbidden))),
        one_way=tuple(dict.fromkeys((*before.one_way, *term.one_way))),
        domain="; ".join(dict.fromkeys(filter(None, (before.domain, term.domain)))),
        note="; ".join(dict.fromkeys(filter(None, (before.note, term.note)))),
        verb=before.verb or term.verb,
    )


def _refuse(file: GlossaryFile, against: Sequence[tuple[Term, Term]]) -> NoReturn:
    before, term = against[0]
    more = f" (and {len(against) - 1} more such terms)" if len(against) > 1 else ""
    what = f"“{term.source}” is {_rendering(term)} here and {_rendering(before)} in line {_line(before)}{more}"
    both = "|".join(dict.fromkeys((*before.targets, *term.targets)))
    file.fail(_line(term), what, f"accept both in one line ({both}) or give each line its own domain")


def _rendering(term: Term) -> str:
    return "left as it is" if term.do_not_translate else "|".join(term.targets)


def _line(term: Term) -> int:
    return int(term.origin.rpartition(":")[2])
