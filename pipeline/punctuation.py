"""Which punctuation marks end a sentence: rules for English, French, German, Spanish, Japanese, Chinese and Korean.

Every mark that can end a sentence is a candidate, together with the quotes, brackets, emphasis marks, footnote marks
and tags that close after it. A candidate is refused for what stands before it (an abbreviation, an initial, a list
number), for what follows (a lower-case word, a particle that takes up a quotation) or because it is inside brackets.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import cache
from itertools import pairwise

from diglot.pipeline.document import is_east_asian

__all__ = ["blanked", "ends", "is_doubtful", "pauses", "splices"]

# What closes after the mark and still belongs to the sentence: quotes, brackets, emphasis, footnote marks, tags, emoji.
_CLOSERS = (
    r"(?>(?:[\"'”’»›«‹)\]}）］｝」』】》〉〕〗｠*_~`♪]"
    r"|[\u00b9\u00b2\u00b3\u2070-\u2079]|\[\d{1,3}(?:[,–-] ?\d{1,3}){0,9}\]|\[\^[^\s\[\]]{1,40}\]|</[A-Za-z][\w-]{0,20}>"
    r"|“(?=\s|$)|[ \u00a0\u202f]»|[ \u00a0]?[\u2600-\u27bf\U0001f300-\U0001faff\ufe0f\u200d]++[，,]?"
    r"|[ \u00a0][:;]-?[)(DP](?=\s|$))*)"
)
_CANDIDATE = re.compile(
    rf"(?P<wide>[.!?…]*[。！？｡．‼⁇⁈⁉][。！？｡．‼⁇⁈⁉.!?…]*+)(?P<after_wide>{_CLOSERS})"
    rf"|(?P<narrow>[.!?…]++(?>(?:[ \u00a0]\.(?=[ \u00a0]|$))*))(?P<after_narrow>“?{_CLOSERS})"
    r"|(?P<gap>\n(?:[^\S\n]*+\n)+|\u2029|\n(?=[^\S\n]*(?:[-*+•‣・◦][^\S\n]|\d{1,3}[.)][^\S\n])))"
)
_BRACKETS = re.compile(r"[(\[（［「『【《〈〔)\]）］」』】》〉〕]")
_CLOSING = dict(zip("(\\[（［「『【《〈〔".replace("\\", ""), ")]）］」』】》〉〕", strict=True))
_LONGEST_ASIDE = 240

# What opens a sentence before its first letter.
_OPENERS = re.compile(r"[\s\"'“”‘’«»‹›„‚(\[{（「『【《〈¿¡*_~`…♪.—–-]{0,20}+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NUMBER = re.compile(r"\d|\\[A-Za-z]{0,9}ref\b")  # \ref{fig:one} is set as one
_TIES = ("\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}")
_TOKEN = re.compile(r"[^\s\"“”‘«»‹›„‚(\[{¿¡—–*_`/\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]{1,24}$")
_DOTTED = re.compile(r"(?:[^\W\d_]{1,3}\.)+[^\W\d_]{1,3}")
_LONGEST_TOKEN = 24

# Followed by a name, never by a new sentence.
_TITLES = {
    "en": "mr mrs ms dr prof st messrs gen lt sgt capt cmdr rev hon gov sen rep pres supt vs cf e.g i.e eg ie"
    " viz approx resp incl dept univ assn",
    "fr": "m mm mme mmes mlle mlles dr pr me st ste cf ex av env p.ex c.-à-d boul bd vs",
    "de": "dr prof hr fr vgl evtl ggf inkl exkl min max ca bzw sog hrsg ing dipl phil mag z.b d.h u.a i.d.r z.t"
    " o.ä s.o s.u i.a u.u v.a m.e bspw gem geb str anm zzgl gl jg mind ungef entspr allg bes insb mr mrs"
    " vs mio mrd z.h i.e e.g jh jhd u.u.m v.chr n.chr",
    "es": "sr sra srta sres dr dra dña p.ej ej aprox cf vs ee ud uds vd vds prof profa gral cnel lic ing arq av avda",
}
# Followed by a number, a reference that is set as one, or a space that ties; before a word they are mostly words of their
# own (`art.`, `no.`, `fig.`).
_NUMBERED = {
    "en": "fig figs eq eqs eqn eqns sec secs ch chap chaps no nos vol vols p pp ed eds ref refs thm lem prop"
    " def cor app alg tab ver v art ex al col nr jan feb mar apr jun jul aug sep sept oct nov dec ca",
    "fr": "p pp art chap fig figs éd vol n no nos réf sec tab t coll éq déf prop thm ch fasc ex janv févr avr"
    " juil sept oct nov déc",
    "de": "nr nrn abb kap tab bd s art ziff abs abschn str def gl v jan feb mär apr aug sept okt nov dez",
    "es": "p pp pág págs núm nº no art fig figs cap caps vol ed eds tel ref ec tab sec apdo n ene feb abr ago"
    " sept oct nov dic",
}
# Followed by either: a new sentence only where the next word is one that often opens a sentence.
_EITHER = {
    "en": "etc inc ltd co corp jr sr bros esq a.m p.m u.s u.k u.s.a e.u u.n ph.d m.d b.a m.a b.sc m.sc d.c l.a"
    " n.y min max avg est temp ave blvd rd hwy sq jan feb mar apr jun jul aug sep sept oct nov dec mon tue"
    " wed thu fri sat sun",
    "fr": "etc inc ltd cie janv févr avr juil sept oct nov déc min max hab p pp",
    "de": "usw etc u.s.w gmbh co inc corp ltd uvm usf tel jan feb apr aug sept okt nov dez p pp abb",
    "es": "etc inc ltd cía s.a ee.uu eeuu uu ene feb abr ago sept oct nov dic min máx a.c d.c a.m p.m c.v p pp d",
}
_STARTERS = {
    "en": "the a an it he she we i you they this that these those there here what how why when where who which"
    " if in on at for from by with as to but and so or yet then now however also some many most all each"
    " every one no not yes well ok okay my our his her its your their let because after before while since"
    " although though once until unless is are was were do does did can could will would should have has"
    " had it's that's i'm we're you're they're there's let's don't i've we've i'll we'll both another such"
    " thus hence therefore moreover finally first second next instead maybe perhaps just even only still"
    " again today people please thank thanks",
    "fr": "le la les l un une des ce cet cette ces c c'est il elle ils elles on nous vous je j tu mais et ou"
    " donc or car si en dans sur pour par avec sans sous à au aux de du d que qu qui quand comme comment"
    " pourquoi où alors puis ensuite enfin ainsi voici voilà mon ma mes notre nos son sa ses leur leurs"
    " votre vos tout tous toute toutes chaque certains aujourd'hui après avant pendant depuis oui non bien"
    " ne n'est lorsque selon cela ça",
    "de": "der die das ein eine einen einem einer es er sie wir ich ihr du man dies diese dieser dieses jene"
    " jeder jede und aber oder denn doch so wenn als da dann also auch im in am an auf aus bei mit nach"
    " von vor zu zum zur für um wie was wer wo warum weil ob obwohl nun jetzt hier dort heute nur noch"
    " nicht kein keine mein meine unser unsere sein seine ja nein alle viele einige manche danach deshalb"
    " daher trotzdem allerdings außerdem schließlich vielleicht ist sind war hat haben dazu dabei damit"
    " davon dafür darum",
    "es": "el la los las un una unos unas lo ello este esta estos estas ese esa eso esto aquel él ella ellos"
    " ellas nosotros yo tú usted ustedes y pero o porque si en de del al a con por para sin sobre como"
    " cuando donde qué quién cómo cuándo dónde entonces luego después antes ahora también tampoco además"
    " embargo así aunque mientras desde hasta mi su sus nuestro nuestra no sí hay es son era se le les me"
    " nos todo todos toda todas cada algunos muchos hoy ya",
}
# A quotation that one of these takes up goes on: 「…。」と言った。
_TAKES_UP = re.compile(
    r"[、，,；;：:]|という|って|と(?!こ|も|て|に[かも]|りあ|は(?:いえ|言え))|[はがをにのへ](?!い[、。]|じめ|ち|ん)"
    r"|で(?!も|は|す|あ)|など|だ(?:と|っ|。)|である|です|的(?!确)|之|[你我他她它]们?\w{0,4}[问说道答喊想][，。：,:]"
)
# A question or a cry that is reported goes on too: 何故？と思った。
_REPORTED = re.compile(r"[、，,]|と(?:いう|言|思|考|聞|尋|問|感|呼|叫|い[うっえ])|って(?:い|言|思|こと|聞)")
_QUOTES_AND_BRACKETS = tuple("」』”’）)》〉】\"'")

# A space between Chinese or Japanese letters, and beside one; how many clauses it takes to see that spaces set them
# apart, and how long these are: shorter ones are words, longer ones are set apart by nothing.
_DENSE = "々\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_PAUSE = re.compile(rf"(?<=[{_DENSE}])[ \u3000]+(?=[{_DENSE}])")
_PAUSE_BESIDE = re.compile(rf"(?<=[{_DENSE}」』”）])[ \u3000]+|(?<![ \u3000])[ \u3000]++(?=[{_DENSE}「『“（])")
_FEWEST_CLAUSES, _SHORTEST_CLAUSE, _LONGEST_CLAUSE = 4, 6, 60

# A comma between clauses, and one between items of a list, except in Japanese, which has no other. A clause has a few words
# at least, or Chinese or Japanese characters, and an item of a list mostly has not.
_COMMA, _LIST_COMMA = re.compile(rf"，|,(?=\s)|(?<=[{_DENSE}]),"), re.compile("、")
_UNIT = re.compile(rf"[{_DENSE}]|(?:^|\s)\w")
_FEWEST_SPLICED = 8
# The fewest words or characters of a clause, and characters from comma to comma on the average, in Chinese and Japanese or
# not. With commas for all marks there are 19 in Chinese and 56 in English, with end marks left out 40 and 121.
_SPLICED = {True: (6, 26), False: (4, 78)}


@cache
def _words(table: str, language: str) -> frozenset[str]:
    """One of the word lists: English for a language that has none, all together where the language is not known."""
    lists = {"titles": _TITLES, "numbered": _NUMBERED, "either": _EITHER, "starters": _STARTERS}[table]
    chosen = (language,) if language in lists else tuple(lists) if language == "und" else ("en",)
    return frozenset(word for name in chosen for word in lists[name].split())


def ends(text: str, language: str) -> list[int]:
    """The positions just past each sentence that a mark of its own ends, the last one too where it has such a mark.

    >>> ends("Dr. Smith measured 3.14. It was near.", "en")
    [24, 37]
    """
    asides = _bracketed(text)
    starts = [start for start, _ in asides]
    written_otherwise = "。" in text  # then ． stands between the parts of a name: 亨利．福特
    found: list[int] = []
    for match in _CANDIDATE.finditer(text):
        if match["gap"]:
            found.append(match.start())
            continue
        start = found[-1] if found else 0
        if match["wide"] == "．" and (written_otherwise or _is_label(text, start, match.start())):
            continue
        ended = _wide_ends(text, match) if match["wide"] else _narrow_ends(text, match, language, start)
        aside = bisect_right(starts, match.end() - 1) - 1
        if ended and (aside < 0 or asides[aside][1] <= match.end()):
            found.append(match.end())
    return found


def is_doubtful(text: str, end: int) -> bool:
    """Whether the mark before an end is a Chinese one after a Latin word: a speech recogniser's, and often misplaced.

    >>> is_doubtful("we have our。Word embeddings。", 12), is_doubtful("我们看看。然后", 5)
    (True, False)
    """
    before, mark = text[end - 2 : end - 1], text[end - 1 : end]
    return mark in "。？！" and before.isascii() and before.isalnum()


def pauses(text: str, ends: int) -> list[int]:
    """Where spaces stand for the marks of a Chinese or Japanese text: empty unless they set its clauses apart.

    Many transcripts and subtitles are written so. ``ends`` is the number of end marks, which are few then.

    >>> pauses("大家好欢迎来到第二节课 今天我们来看分类问题 我们有很多点 每个点都有一个标签", 0)
    [11, 22, 29]
    """
    between = sum(1 for _ in _PAUSE.finditer(text))
    clause = len(text) / (between + 1)
    if between < max(_FEWEST_CLAUSES - 1, 4 * ends) or not _SHORTEST_CLAUSE <= clause <= _LONGEST_CLAUSE:
        return []
    return [match.start() for match in _PAUSE_BESIDE.finditer(text)]


def splices(text: str, *, dense: bool) -> list[int]:
    """The commas of a text without end marks, if they stand for end marks too: past each of them; empty if they do not.

    Many transcripts have commas for all their marks. ``dense`` says that the text is Chinese or Japanese.

    >>> splices("we read the data again, " * 8, dense=False)
    [23, 47, 71, 95, 119, 143, 167, 191]
    >>> splices("pears, red apples, plums, " * 8, dense=False)
    []
    """
    shortest, longest = _SPLICED[dense]
    outside = blanked(text, _bracketed(text))
    commas = [match.end() for match in _COMMA.finditer(outside)]
    commas = commas or [match.end() for match in _LIST_COMMA.finditer(outside)]
    units = (len(_UNIT.findall(outside, start, end)) for start, end in pairwise((0, *commas, len(text))))
    spliced = sum(count >= shortest for count in units) >= _FEWEST_SPLICED
    return commas if spliced and len(text) <= longest * (len(commas) + 1) else []


def blanked(text: str, ranges: Iterable[tuple[int, int]]) -> str:
    """A text with NUL for each character in the ordered ranges."""
    parts: list[str] = []
    done = 0
    for start, end in ranges:
        parts += (text[done:start], "\0" * (end - start))
        done = end
    return "".join((*parts, text[done:]))


def _bracketed(text: str) -> list[tuple[int, int]]:
    """The outermost pairs of brackets that are not too long to be an aside, as [start, end)."""
    stack: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for match in _BRACKETS.finditer(text):
        mark, at = match[0], match.start()
        if mark in _CLOSING:
            stack.append((_CLOSING[mark], at))
            continue
        # An opening bracket too far back was never closed.
        while stack and at - stack[-1][1] > _LONGEST_ASIDE:
            stack.pop()
        if stack and stack[-1][0] == mark:
            start = stack.pop()[1]
            while pairs and pairs[-1][0] > start:
                pairs.pop()
            pairs.append((start, at + 1))
    return pairs


def _is_label(text: str, start: int, end: int) -> bool:
    """Whether what opens a sentence is the label of a list item: one letter, or a number of three digits at most."""
    token = text[start:end].strip() if end - start < 8 else ""
    return len(token) == 1 or (token.isdigit() and len(token) < 4)


def _wide_ends(text: str, match: re.Match[str]) -> bool:
    """Whether a mark of the CJK kind (。！？) ends a sentence: nearly always, unless what follows takes it up."""
    after = match.end()
    following = text[after : after + 12]
    rest = following.lstrip()
    if not rest:
        return True
    before = text[match.start() - 1 : match.start()]
    if rest[0].isascii() and rest[0].islower() and before.isascii():  # 。 in a broken line of speech recognition
        return False
    if match["wide"] == "．" and rest[0].isdigit():
        return False
    if match["wide"].startswith("。。"):  # an ellipsis
        return following[0].isspace()
    if match["after_wide"].endswith(_QUOTES_AND_BRACKETS):
        return not _TAKES_UP.match(following)
    return match["wide"][-1] not in "！？" or not _REPORTED.match(following)


def _narrow_ends(text: str, match: re.Match[str], language: str, sentence_start: int) -> bool:
    """Whether one of ``. ! ? …`` ends a sentence: mostly where white space and no lower-case letter follows."""
    after = match.end()
    if after < len(text) and not text[after].isspace():
        return _glued_end(text, match)
    opened = _OPENERS.match(text, after)
    assert opened is not None
    letter = text[opened.end() : opened.end() + 1]
    if letter.islower():
        return _careless_end(text, match, language)
    if not letter or match["narrow"] != "." or match["after_narrow"]:
        return True
    return _period_ends(text, match.start(), opened.end(), language, sentence_start)


def _glued_end(text: str, match: re.Match[str]) -> bool:
    """Whether a mark without white space after it ends a sentence: only between Chinese, Japanese or Korean letters."""
    following, mark = text[match.end()], match["narrow"]
    if not is_east_asian(following) or mark[-1] == "…":
        return False
    after_latin = text[match.start() - 1 : match.start()].isascii()
    return not (mark == "." and after_latin) and not _REPORTED.match(text, match.end())


def _careless_end(text: str, match: re.Match[str], language: str) -> bool:
    """Whether a mark before a lower-case word ends a sentence: after a plain word it does."""
    token = _TOKEN.search(text, max(0, match.start() - _LONGEST_TOKEN), match.start())
    return (
        match["narrow"] in {".", "?", "!"}
        and not match["after_narrow"]
        and token is not None
        and len(token[0]) > 1
        and token[0].isalpha()
        and not any(token[0].lower() in _words(table, language) for table in ("titles", "numbered", "either"))
    )


def _period_ends(text: str, period: int, next_word: int, language: str, sentence_start: int) -> bool:
    """Whether a single period ends a sentence, or belongs to an abbreviation, an initial or a number."""
    found = _TOKEN.search(text, max(0, period - _LONGEST_TOKEN), period)
    if not found:
        return True
    token = found[0].lower()
    if _is_label(text, sentence_start, period):
        return False
    is_tied = text[period + 1 : period + 2] in _TIES or _NUMBER.match(text, next_word)
    if token in _words("titles", language) or (is_tied and token in _words("numbered", language)):
        return False
    doubtful = (
        token in _words("either", language)
        or _DOTTED.fullmatch(token) is not None
        or (len(token) == 1 and token.isalpha())
        or (language == "de" and token.isdigit() and len(token) < 3)  # an ordinal
    )
    return not doubtful or _starts(text, next_word, language)


def _starts(text: str, position: int, language: str) -> bool:
    """Whether the word at the position is one that often opens a sentence."""
    word = _WORD.match(text, position)
    return word is not None and word[0].lower().replace("’", "'") in _words("starters", language)
