"""Which reader for which files: by the names that a user gives, and by the patterns of a catalogue."""

import lzma
from pathlib import Path

import pytest

from diglot import InputError
from diglot.corpora import Pair
from diglot.corpora.catalogue import DOMAINS, TIERS, read_catalogue
from diglot.corpora.clean import Report, clean, standard_filters
from diglot.corpora.sources import find, read_all, read_tree


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_files_that_belong_together_are_found_by_their_names(tmp_path: Path) -> None:
    cue = "1\n00:00:00,000 --> 00:00:01,000\n{}\n"
    files = [
        write(tmp_path / "talk.en", "One.\nTwo.\n"),
        write(tmp_path / "talk.ja", "一。\n二。\n"),
        write(tmp_path / "talk.zh", "一。\n二。\n"),
        write(tmp_path / "clip.de.srt", cue.format("Eins.")),
        write(tmp_path / "clip.en.srt", cue.format("One.")),
        write(tmp_path / "notes" / "en" / "a" / "b.md", "# One\n").parent.parent,
        write(tmp_path / "notes" / "ja" / "a" / "b.md", "# 一\n").parent.parent,
    ]
    write(tmp_path / "notes" / "en" / "only.md", "# Only\n")
    pairs = list(read_all(files))
    assert [(p.corpus, p.languages, p.first, p.second) for p in pairs] == [
        ("talk", ("en", "ja"), "One.", "一。"),
        ("talk", ("en", "ja"), "Two.", "二。"),
        ("talk", ("en", "zh"), "One.", "一。"),
        ("talk", ("en", "zh"), "Two.", "二。"),
        ("talk", ("ja", "zh"), "一。", "一。"),
        ("talk", ("ja", "zh"), "二。", "二。"),
        ("clip", ("en", "de"), "One.", "Eins."),
        ("notes", ("en", "ja"), "One", "一"),
    ]
    assert pairs[-1].document == "a/b.md"


def test_talks_of_one_name_in_two_folders_are_two(tmp_path: Path) -> None:
    files = []
    for folder in ("one", "two"):
        files += [write(tmp_path / folder / f"talk.{code}", f"{code} {folder}\n") for code in ("ja", "en")]
    assert [(p.first, p.second) for p in read_all(files)] == [("en one", "ja one"), ("en two", "ja two")]


def test_files_that_hold_both_languages(tmp_path: Path) -> None:
    files = [
        write(tmp_path / "en-ja.tsv", "c\td\tone\t一\n"),
        write(tmp_path / "ja-zh.mine.tsv", "一\t二\n"),
        write(tmp_path / "guide.po", 'msgid ""\nmsgstr "Language: fr\\n"\n\nmsgid "one"\nmsgstr "un"\n'),
        write(tmp_path / "book.ja.md", "<!-- One. -->\n一。\n"),
    ]
    assert list(read_all(files)) == [
        Pair("c", "d", ("en", "ja"), "one", "一"),
        Pair("ja-zh.mine.tsv", "ja-zh.mine.tsv", ("ja", "zh"), "一", "二"),
        Pair("guide", "guide.po", ("en", "fr"), "one", "un"),
        Pair("book", "book.ja.md", ("en", "ja"), "One.", "一。"),
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("talk.en", "one language only"),
        ("talk.text", "which language"),
        ("talk.po", "which language"),
        ("gone.en", "no such"),
    ],
)
def test_files_that_cannot_be_placed_are_said(tmp_path: Path, name: str, said: str) -> None:
    if not name.startswith("gone"):
        write(tmp_path / name, "")
    with pytest.raises(InputError, match=said):
        list(read_all([tmp_path / name]))


def test_two_files_of_one_side_are_said(tmp_path: Path) -> None:
    for name in ("talk.en", "talk.en.xz", "talk.ja"):
        write(tmp_path / name, "x\n")
    with pytest.raises(InputError, match="are the same side"):
        list(read_all([tmp_path / name for name in ("talk.en", "talk.en.xz", "talk.ja")]))


def test_uneven_files_are_said_and_read_as_far_as_both_go(tmp_path: Path) -> None:
    said: list[str] = []
    one, other = write(tmp_path / "a.en", "One.\nTwo.\n"), write(tmp_path / "a.ja", "一。\n")
    assert [p.first for p in read_all([one, other], said.append)] == ["One."]
    assert said == [f"{other}: ends before line 2 of the other file; what follows there is left out"]


def test_bytes_that_are_not_utf8_shift_no_line_and_are_dropped_by_cleaning(tmp_path: Path) -> None:
    one, other = write(tmp_path / "a.en", "The first.\nThe second.\nThe third.\n"), tmp_path / "a.ja"
    other.write_bytes("一番目です。\n".encode() + b"\x93\xf1\n" + "三番目です。\n".encode())
    report = Report()
    kept = clean(read_all([one, other]), standard_filters(), report)
    assert [p[3:] for p in kept] == [("The first.", "一番目です。"), ("The third.", "三番目です。")]
    assert dict(report.dropped) == {"unicode": 1}


def test_a_compressed_file_that_is_cut_is_said(tmp_path: Path) -> None:
    cut = tmp_path / "en-zh.tsv.xz"
    cut.write_bytes(lzma.compress(b"one\t1\n" * 9000)[:-20])
    with pytest.raises(InputError, match="not whole"):
        list(read_all([cut]))


def test_patterns_pair_what_the_wild_cards_stand_for(tmp_path: Path) -> None:
    for language, word in (("en", "One"), ("zh-CN", "一")):
        write(tmp_path / "book" / language / "part" / "a.mdx", f"# {word}\n")
        write(tmp_path / "book" / language / "b.mdx", f"# {word} b\n")
    write(tmp_path / "book" / "en" / "new.mdx", "# New\n")
    assert [key for key, _ in find(tmp_path, "book/en/**/*.mdx")] == ["b", "new", "part/a"]
    files = {"en": "book/en/**/*.mdx", "zh": "book/zh-CN/**/*.mdx"}
    assert list(read_tree("book", "markdown", files, tmp_path)) == [
        Pair("book", "b", ("en", "zh"), "One b", "一 b"),
        Pair("book", "part/a", ("en", "zh"), "One", "一"),
    ]


def test_patterns_of_files_that_hold_both(tmp_path: Path) -> None:
    write(tmp_path / "src" / "a.txt", "word\t語\tnote\nbroken\n")
    said: list[str] = []
    pairs = list(read_tree("dictionary", "columns", {"en-ja": "src/*.txt"}, tmp_path, said.append))
    assert pairs == [Pair("dictionary", "a", ("en", "ja"), "word", "語")]
    assert "a.txt:2" in said[0]


# ---------------------------------------------------------------------------------------------------------------- catalogue


def test_the_catalogue_is_whole() -> None:
    sources = read_catalogue()
    assert len(sources) > 100
    for name, source in sources.items():
        assert source.about and source.licence and source.tier in TIERS and source.domain in DOMAINS, name
        assert all(len(repository.commit) == 40 for repository in source.repositories), name
        assert source.pairs and all(count > 0 for count in source.pairs.values()), name
        if source.readable:
            assert source.repositories, name
            codes = {code for key in source.files for code in key.split("-")}
            assert "en" in codes and len(codes) > 1, name
            assert codes <= {code for pair in source.pairs for code in pair.split("-")}, name


def test_a_catalogue_of_ones_own_is_added(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.toml", '[mine]\nabout = "Mine"\ndomain = "lec"\ntier = "open"\n')
    sources = read_catalogue([path])
    assert sources["mine"].tier == "open" and not sources["mine"].readable
    assert len(sources) == len(read_catalogue()) + 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mine = 3", "outside"),
        ("[mine]\nabout = 'x'\ndomain = 'lec'", "needs 'tier'"),
        ("[mine]\nabout = 'x'\ndomain = 'lec'\ntier = 'free'", "none of open"),
        ("[mine]\nabout = 'x'\ndomain = 'lec'\ntier = 'open'\nlicense = 'x'", "has no 'license'"),
        ("[mine]\nabout = 'x'\ndomain = 'lec'\ntier = 'open'\nrepositories = ['a/b']", "needs a commit"),
        ("[mine", "TOML"),
    ],
)
def test_mistakes_in_a_catalogue_are_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_catalogue([write(tmp_path / "mine.toml", text)])
