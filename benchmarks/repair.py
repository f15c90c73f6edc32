"""How much mojibake is put right and how much clean text is left alone, by diglot and by ftfy; which encodings are told.

    python benchmarks/repair.py eval/*.tsv                  # all rows: these were never trained on
    python benchmarks/repair.py corpora/*.tsv.xz            # the documents that training left out, by their hash
    python benchmarks/repair.py eval/*.tsv --no-model       # the characters alone decide, as where no model is installed

Any parallel text will do (``A-B.tsv.xz``: corpus, document, text, text; ``NAME.A-B.KIND.tsv``: id, text, text). The
damage is made from its lines: each is written in one encoding and read in another, and counts as restored if it is exactly
what it was. Lines that this leaves as they are, and those that cannot be written or read so, are left out. ftfy has the
settings that leave quotes, widths, entities and line ends alone, its best on such text; its defaults are shown on clean
text. Where bytes are lost, the share of characters that are right is given too, and how many of the lines that are not
restored have a step marked as uncertain.
"""

import argparse
import codecs
import lzma
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import ftfy
from charset_normalizer import from_bytes
from ftfy import bad_codecs  # noqa: F401  registers sloppy-windows-1252, which gives undefined bytes as browsers do

from diglot import InputError
from diglot.commands.reading import judge
from diglot.pipeline.decode import decode
from diglot.pipeline.repair import Repaired, repair
from scripts.train_repair import held_out

LANGUAGES = ("en", "de", "fr", "es", "ja", "zh", "ko")
Lines = dict[str, list[str]]
Damage = Callable[[str], str]
Mend = Callable[[str], Repaired]
Table = list[list[str]]

CAREFUL = ftfy.TextFixerConfig(
    unescape_html=False,
    remove_terminal_escapes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    remove_control_chars=False,
    normalization=None,
)
PYTHON = {f"windows-{number}": f"sloppy-windows-{number}" for number in (1250, 1251, 1252, 1253, 1254, 1257)}
OWN = {"shift_jis": ("ja",), "euc_jp": ("ja",), "gbk": ("zh",), "euc_kr": ("ko",)}  # languages that are written so
CODECS = {"shift_jis": "cp932", "gbk": "gb18030", "euc_kr": "cp949"}  # as programs read them


def misread(written: str, read: str) -> Damage:
    """Written so and read so, all bytes kept."""
    return lambda text: text.encode(CODECS.get(written, written)).decode(PYTHON.get(read) or CODECS.get(read, read))


def lost(read: str) -> Damage:
    """UTF-8 read so; bytes without a character and soft hyphens dropped, no-break spaces made spaces."""
    gone = {code: None for code in range(0x80, 0x100) if not bytes([code]).decode(read, "ignore")} | {0xAD: None, 0xA0: " "}
    return lambda text: misread("utf-8", read)(text).translate(gone)


def marked(read: str) -> Damage:
    """UTF-8 read so, what cannot be read replaced by U+FFFD."""
    return lambda text: text.encode().decode(CODECS.get(read, read), "replace")


def twice(text: str) -> str:
    """The same accident two times."""
    once = misread("utf-8", "windows-1252")
    return once(once(text))


def half(text: str) -> str:
    """The second half of a line pasted from elsewhere."""
    middle = len(text) // 2
    return text[:middle] + misread("utf-8", "windows-1252")(text[middle:])


SETS: dict[str, dict[str, Damage]] = {
    "single-byte code pages, nothing lost": {
        f"UTF-8 as {read}": misread("utf-8", read)
        for read in ("windows-1252", "latin-1", "windows-1251", "windows-1254", "windows-1250", "mac-roman", "cp437")
    }
    | {"UTF-8 as windows-1252, twice": twice, "UTF-8 as windows-1252, half a line": half},
    "bytes lost": {
        "UTF-8 as windows-1252, undefined bytes dropped": lost("windows-1252"),
        "UTF-8 as windows-1254, undefined bytes dropped": lost("windows-1254"),
        "UTF-8 as windows-1252, undefined bytes marked U+FFFD": marked("windows-1252"),
    },
    "East Asian encodings, nothing lost": {
        f"{'UTF-8' if written == 'utf-8' else written} as {read}": misread(written, read)
        for written, reads in {
            "utf-8": ("gbk", "shift_jis", "euc_kr"),
            "shift_jis": ("latin-1", "windows-1252", "gbk"),
            "euc_jp": ("latin-1", "windows-1252", "gbk", "shift_jis"),
            "gbk": ("latin-1", "windows-1252", "shift_jis", "euc_kr"),
            "euc_kr": ("latin-1", "windows-1252", "gbk"),
        }.items()
        for read in reads
    },
    "East Asian encodings, what could not be read marked U+FFFD: most of it is gone": {
        f"UTF-8 as {read}, marked": marked(read) for read in ("gbk", "shift_jis", "euc_kr")
    },
}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--size", type=int, default=100, help="damaged lines of each kind and language (100)")
    parser.add_argument("--clean", type=int, default=3000, help="clean lines of each language (3000)")
    parser.add_argument("--no-model", action="store_true", help="where bytes are lost, do not ask the released model")
    options = parser.parse_args()
    lines = sampled(options.paths, max(options.clean, 4 * options.size))
    mend = partial(repair, judge=None if options.no_model else judge)
    show("Speed on clean text, MB/s", list(lines), [speed(lines, options.clean)])  # first: nothing is remembered yet
    for title, damages in SETS.items():
        table = restoration(damages, lines, options.size, mend)
        show(f"Restored exactly, %: {title}", ["diglot", "ftfy", *LANGUAGES], table)
    losses = SETS["bytes lost"]
    show(
        "Where bytes are lost, %: characters right, wrong lines marked",
        list(LANGUAGES),
        losses_told(losses, lines, options.size, mend),
    )
    show("Clean lines unchanged, %", ["diglot", "ftfy, careful", "ftfy, defaults", "lines"], clean(lines, options.clean))
    show("Encodings told right, %: diglot, charset-normalizer", ["20", "60", "200", "1000"], encodings(lines, options.size))


def sampled(paths: Iterable[Path], size: int) -> Lines:
    """Lines by language, drawn at random from all that may be measured on."""
    rng = random.Random(0)
    pools: dict[str, dict[str, None]] = defaultdict(dict)
    for path in paths:
        for language, text in rows(path):
            pools[language][text] = None
    found = {language: sorted(pools[language]) for language in LANGUAGES if language in pools}
    return {language: rng.sample(pool, min(size, len(pool))) for language, pool in found.items()}


def rows(path: Path) -> Iterator[tuple[str, str]]:
    """The texts of a file with their languages, those that the model was trained on left out."""
    if path.suffix == ".xz":
        pair = path.name.split(".")[0].split("-")
        with lzma.open(path, "rt", encoding="utf-8", newline="\n") as file:
            for line in file:
                corpus, document, *texts = line.rstrip("\n").split("\t")
                if held_out(corpus, document):
                    yield from zip(pair, texts, strict=True)
    else:
        pair = path.name.split(".")[1].split("-")
        for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
            yield from zip(pair, line.split("\t")[1:], strict=True)


def by_ftfy(text: str) -> str:
    """What ftfy makes of it, with careful settings."""
    return ftfy.fix_text(text, CAREFUL)


def restoration(damages: Mapping[str, Damage], lines: Lines, size: int, mend: Mend) -> Table:
    """For each kind of damage the share restored by us and by ftfy (mean of the languages), and by us of each language."""
    table = []
    for name, damage in damages.items():
        pairs = {language: damaged(damage, lines[language], size) for language in languages(name, lines)}
        pairs = {language: some for language, some in pairs.items() if len(some) >= min(size, 10)}
        ours = {language: exact(lambda text: mend(text).text, some) for language, some in pairs.items()}
        theirs = {language: exact(by_ftfy, some) for language, some in pairs.items()}
        cells = [f"{ours[language]:.0f}" if language in ours else "" for language in LANGUAGES]
        table.append([name, mean(ours), mean(theirs), *cells])
    return table


def languages(name: str, lines: Lines) -> Iterable[str]:
    """Those that are written in the encoding a kind of damage begins with."""
    return [language for language in OWN.get(name.split(maxsplit=1)[0], LANGUAGES) if language in lines]


def damaged(damage: Damage, lines: Iterable[str], size: int) -> list[tuple[str, str]]:
    """So many lines at most, damaged, each with what it was."""
    pairs: list[tuple[str, str]] = []
    for line in lines:
        if len(pairs) == size:
            break
        try:
            broken = damage(line)
        except UnicodeError:
            continue
        if broken != line:
            pairs.append((broken, line))
    return pairs


def losses_told(damages: Mapping[str, Damage], lines: Lines, size: int, mend: Mend) -> Table:
    """For each kind of damage and language how many characters are right, and how many wrong lines say so."""
    table = []
    for name, damage in damages.items():
        cells = []
        for language in (language for language in LANGUAGES if language in lines):
            characters = right = wrong = marked = 0
            for broken, line in damaged(damage, lines[language], size):
                repaired = mend(broken)
                characters += len(line)
                right += sum(block.size for block in SequenceMatcher(None, line, repaired.text, False).get_matching_blocks())
                wrong += repaired.text != line
                marked += repaired.text != line and any(not step.certain for step in repaired.plan)
            cells.append(f"{100 * right / characters:.1f}, {marked} of {wrong}")
        table.append([name, *cells])
    return table


def exact(mend: Callable[[str], str], pairs: list[tuple[str, str]]) -> float:
    """The share of lines that come out as they were."""
    return 100 * sum(mend(broken) == line for broken, line in pairs) / len(pairs)


def mean(shares: Mapping[str, float]) -> str:
    """The mean over the languages."""
    return f"{sum(shares.values()) / len(shares):.1f}" if shares else "-"


def clean(lines: Lines, size: int) -> Table:
    """The share of lines that are left as they are."""
    table = []
    for language, texts in lines.items():
        some = [(text, text) for text in texts[:size]]
        shares = (exact(mend, some) for mend in (lambda text: repair(text).text, by_ftfy, ftfy.fix_text))
        table.append([language, *(f"{share:.2f}" for share in shares), str(len(some))])
    return table


def speed(lines: Lines, size: int) -> list[str]:
    """Megabytes of UTF-8 a second, each language as one document."""
    cells = []
    repair("é")  # loads the model
    for texts in lines.values():
        document = "\n".join(texts[:size])
        start = time.process_time()
        repair(document)
        cells.append(f"{len(document.encode()) / (time.process_time() - start) / 1e6:.2f}")
    return ["diglot", *cells]


def encodings(lines: Lines, size: int) -> Table:
    """How often the right text comes of bytes, by how many characters there are."""
    written = {
        "ja": ("cp932", "euc_jp", "iso2022_jp"),
        "zh": ("gb18030",),
        "ko": ("cp949",),
        **dict.fromkeys(("de", "fr", "es"), ("windows-1252", "mac-roman")),
    }
    table = []
    for language in (language for language in written if language in lines):
        text = "\n".join(line for line in lines[language] if not line.isascii())
        for encoding in (*written[language], "utf-8", "utf-16-le"):
            table.append([f"{language} {encoding}", *(told(text, encoding, length, size) for length in (20, 60, 200, 1000))])
    return table


def told(text: str, encoding: str, length: int, size: int) -> str:
    """How often the text comes back from the bytes of pieces of such a length, for us and for charset-normalizer."""
    rng = random.Random(0)
    codec = codecs.lookup(encoding)
    ours = theirs = number = 0
    for _ in range(4 * size):
        start = rng.randrange(max(1, len(text) - length))
        piece = text[start : start + length]
        data, read = codec.encode(piece, "ignore")[0], codec.encode(piece, "replace")[0]
        if data != read or piece.isascii() or number == size:
            continue
        number += 1
        ours += decoded(data) == piece
        theirs += str(from_bytes(data).best()) == piece
    return f"{100 * ours / number:.0f}, {100 * theirs / number:.0f}" if number else "-"


def decoded(data: bytes) -> str | None:
    """What we read bytes as; None where we refuse."""
    try:
        return decode(data).text
    except InputError:
        return None


def show(title: str, columns: list[str], table: Table) -> None:
    """One Markdown table."""
    print(f"{title}\n\n| | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}")
    for row in table:
        print(f"| {' | '.join(row)} |")
    print(flush=True)


if __name__ == "__main__":
    main()
