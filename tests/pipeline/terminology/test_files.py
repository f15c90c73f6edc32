"""Every table and TBX that people have is read; what cannot be used is one error that names the line."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diglot import DiglotError, GlossaryError
from diglot.pipeline.glossary import Glossary, read

TBX2 = """<?xml version="1.0"?>
<!DOCTYPE martif SYSTEM "TBXcoreStructV02.dtd">
<martif type="TBX" xml:lang="en"><text><body>
<termEntry id="1"><descrip type="subjectField">deep learning</descrip>
<langSet xml:lang="ja">
<tig><term>変圧器</term><termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote></tig>
<tig><term>トランスフォーマー</term></tig>
<tig><term>Transformer</term><termNote type="administrativeStatus">preferredTerm-admn-sts</termNote></tig></langSet>
<langSet xml:lang="en-US">
<ntig><termGrp><term>transformer</term><termNote type="partOfSpeech">noun</termNote></termGrp></ntig></langSet>
</termEntry>
<termEntry id="2"><langSet xml:lang="en"><tig><term>tokenize</term></tig></langSet>
<langSet xml:lang="ja"><tig><term>トークン化</term></tig></langSet></termEntry>
</body></text></martif>
"""
TBX3 = """<?xml version="1.0" encoding="UTF-8"?>
<tbx style="dct" type="TBX-Basic" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2"
 xmlns:min="http://www.tbxinfo.net/ns/min" xmlns:basic="http://www.tbxinfo.net/ns/basic"><text><body>
<conceptEntry id="1"><min:subjectField>statistics</min:subjectField><note>of a fit</note>
<langSec xml:lang="en"><termSec><term>bias</term><min:partOfSpeech>noun</min:partOfSpeech></termSec>
<termSec><term>to regress</term><min:partOfSpeech>verb</min:partOfSpeech></termSec></langSec>
<langSec xml:lang="zh-Hans"><termSec><term>偏差</term></termSec>
<termSec><term>歪み</term><min:administrativeStatus>supersededTerm-admn-sts</min:administrativeStatus></termSec></langSec>
<langSec xml:lang="fr"><termSec><term>biais</term></termSec></langSec></conceptEntry>
</body></text></tbx>
"""


@pytest.fixture
def write(tmp_path: Path):
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def entries(glossary: Glossary) -> dict[str, tuple[str, ...]]:
    return {term.source: term.targets for term in glossary.terms}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("terms.en-ja.tsv", "loss\t損失\nlayer\t層|レイヤー\n"),
        ("omegat.en_ja.utf8", "# our terms\nloss\t損失\tnot ロス\n\nlayer\t層|レイヤー\n"),
        ("en-ja.txt", "\ufeffloss\t損失\r\nlayer\t層|レイヤー\r\n"),
        ("head.tsv", "en\tja\nloss\t損失\nlayer\t層|レイヤー"),
        ("regions.csv", "EN-US,JA,note\nloss,損失,\nlayer,層|レイヤー,of a network\n"),
        ("excel.csv", 'en;ja\nloss;損失\n"layer";"層|レイヤー"\n'),
        ("deepl.csv", "loss,損失,EN,JA\nlayer,層|レイヤー,EN,JA\n"),
        ("deepl5.csv", "loss,損失,EN,JA,0.9\nlayer,層|レイヤー,EN,JA,0.8\n"),
        ("google.csv", "en,ja,description\nloss,損失,\nlayer,層|レイヤー,\n"),
        ("old-mac.en-ja.tsv", "loss\t損失\rlayer\t層|レイヤー\r"),
        ("unicode.en-ja.tsv", "loss\t損失\nlayer\t層|レイヤー\n".encode("utf-16")),
        ("japanese.en-ja.tsv", "loss\t損失\nlayer\t層|レイヤー\n".encode("cp932")),
        ("german.en-ja.csv", "Begriff;Übersetzung;Kommentar\nloss;損失;\nlayer;層|レイヤー;\n"),
        ("japanese.en-ja.csv", "用語,訳語,備考\nloss,損失,\nlayer,層|レイヤー,\n"),
        ("chinese.en-ja.tsv", "术语\t译文\t备注\nloss\t損失\t\nlayer\t層|レイヤー\t\n"),
        ("names.csv", "English,Japanese\nloss,損失\nlayer,層|レイヤー\n"),
        ("korean.csv", "영어,일본어,비고\nloss,損失,\nlayer,層|レイヤー,\n"),
    ],
)
def test_tables_as_people_have_them(write, name: str, content: str | bytes) -> None:
    glossary = read(write(name, content))
    assert (glossary.source, glossary.target) == ("en", "ja")
    assert entries(glossary) == {"loss": ("損失",), "layer": ("層", "レイヤー")}


def test_every_column(write) -> None:
    header = "source\ttarget\tforbidden\tone-way\tdnt\tcase\tpos\tdomain\tnote\tevidence\n"
    row = "mask\tマスク|隠す\t覆面|仮面\t隠す\tno\tyes\tverb\tattention\tof future tokens\ttwo lists\n"
    glossary = read(write("a.en-ja.tsv", header + row + "PyTorch\t\t\t\tyes\n"))
    mask, pytorch = glossary.terms
    assert (mask.targets, mask.forbidden, mask.one_way) == (("マスク", "隠す"), ("覆面", "仮面"), ("隠す",))
    assert (mask.case_sensitive, mask.verb) == (True, True)
    assert (mask.domain, mask.note, mask.origin) == ("attention", "of future tokens", "a.en-ja.tsv:2")
    assert pytorch.do_not_translate and pytorch.targets == ("PyTorch",)


def test_a_one_way_translation_that_is_none_is_told(write) -> None:
    glossary = read(write("a.en-ja.tsv", "source\ttarget\tone way\nmask\tマスク\t隠す\n"))
    assert "a.en-ja.tsv:2: “隠す” in the column one way" in glossary.warnings[0]


def test_case_counts_by_itself_for_capitals_and_a_verb_is_known_by_its_look(write) -> None:
    glossary = read(
        write("en-ja.tsv", "GAN\t敵対的生成ネットワーク\nlearn\t学習する\nto fit\t当てはめ\ntokenize\t分割\nnet\t網\n")
    )
    assert [(t.case_sensitive, t.verb) for t in glossary.terms] == [
        (True, False),
        (False, True),
        (False, True),
        (False, True),
        (False, False),
    ]


def test_a_file_serves_both_directions(write) -> None:
    path = write("en-ja.tsv", "training\t学習|訓練\nlearning\t学習\n")
    assert entries(read(path, source="ja", target="en")) == {"学習": ("training", "learning"), "訓練": ("training",)}
    assert read(path, target="ja").target == "ja" and read(path, target="en").source == "ja"
    with pytest.raises(GlossaryError, match="its languages are en and ja, wanted is en to zh; choose another"):
        read(path, source="en", target="zh")


def test_two_of_several_languages(write) -> None:
    table = write("all.csv", "en,ja,zh\nloss,損失,损失\n")
    assert entries(read(table, source="ja", target="zh")) == {"損失": ("损失",)}
    with pytest.raises(GlossaryError, match="it has the languages en, ja, zh; say which two"):
        read(table)
    rows = write("rows.csv", "loss,損失,EN,JA\n损失,loss,ZH,EN\n")
    assert entries(read(rows, source="zh")) == {"损失": ("loss",)}
    glossary = read(rows)
    assert entries(glossary) == {"loss": ("損失",)} and "1 rows" in glossary.warnings[0]


def test_tbx_2(write) -> None:
    glossary = read(write("a.tbx", TBX2))
    assert (glossary.source, glossary.target) == ("en", "ja")
    transformer, tokenize = glossary.terms
    assert transformer.targets == ("Transformer", "トランスフォーマー") and transformer.forbidden == ("変圧器",)
    assert transformer.domain == "deep learning" and transformer.origin == "a.tbx:10" and tokenize.verb


def test_tbx_3_in_both_styles(write) -> None:
    attributes = TBX3.replace("<min:subjectField>", '<descrip type="subjectField">').replace(
        "</min:subjectField>", "</descrip>"
    )
    for name in ("partOfSpeech", "administrativeStatus"):
        attributes = attributes.replace(f"<min:{name}>", f'<termNote type="{name}">').replace(
            f"</min:{name}>", "</termNote>"
        )
    for content in (TBX3, attributes):
        glossary = read(write("b.tbx", content), source="en", target="zh")
        bias, regress = glossary.terms
        assert (bias.source, bias.targets, bias.forbidden) == ("bias", ("偏差",), ("歪み",))
        assert (bias.domain, bias.note, bias.verb, regress.verb) == ("statistics", "of a fit", False, True)
    assert entries(read(write("b.tbx", TBX3), source="fr", target="en")) == {"biais": ("bias", "to regress")}


def test_tbx_keeps_what_needs_no_translation_and_joins_concepts_of_one_name(write) -> None:
    entry = "<termEntry>{}<langSet xml:lang='en'><tig><term>{}</term></tig></langSet>{}</termEntry>"
    german = "<langSet xml:lang='de'><tig><term>{}</term></tig></langSet>"
    body = entry.format("", "bank", german.format("Bank")) + entry.format("", "bank", german.format("Ufer"))
    body += entry.format("<descrip type='Translation needed'>No</descrip>", "Keras", "")
    glossary = read(write("c.tbx", f"<martif><text><body>{body}</body></text></martif>"))
    assert entries(glossary) == {"bank": ("Bank", "Ufer"), "Keras": ("Keras",)} and glossary.terms[1].do_not_translate


def test_languages_that_nothing_says_are_told_by_detection(write) -> None:
    rows = "learning rate\t学習率\nhidden layer\t隠れ層\nthe loss of a batch\tバッチの損失\n"
    glossary = read(write("terms.tsv", rows))
    assert (glossary.source, glossary.target) == ("en", "ja")
    assert "terms.tsv:1: taken for en to ja" in glossary.warnings[0]
    assert read(write("terms.tsv", rows), source="en", target="ja").warnings == ()


def test_a_first_line_that_may_name_the_columns_is_told(write) -> None:
    rows = (
        "loss\t損失\nlayer\t層\nKeras\tKeras\nrate\t率\nmean\t平均\nsum\t和\nset\t集合\nnorm\tノルム\nmap\t写像\nring\t環\n"
    )
    (warning,) = read(write("en-ja.tsv", "Lemma\tEntry\n" + rows)).warnings
    assert "en-ja.tsv:1: “Lemma” and “Entry” are not en and ja" in warning
    for first in ("", "Keras\tKeras\n", "graph\tグラフ\n"):
        assert all("are not" not in one for one in read(write("en-ja.tsv", first + rows)).warnings)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("en-ja.tsv", "", "it is empty; write"),
        ("en-ja.tsv", "# nothing\n\n", "it is empty; write"),
        ("en-ja.tsv", "en\tja\n", "there is no term in it; write"),
        ("x.tsv", "a\tb\n", "its direction is not known; add a header line"),
        ("en-ja.tsv", "loss\n", ":1: 1 column and no header line; write source, target"),
        ("en-ja.tsv", "a\tb\tc\td\n", ":1: 4 columns and no header line; write source, target"),
        ("en-ja.tsv", "loss\t損失\nlayer\n", ":2: one column only; write source and target"),
        ("en-ja.tsv", "loss\t損失\n\nlayer\t層\tnote\tmore\n", ":3: 4 columns where 2 are expected; remove"),
        ("en-ja.tsv", "loss\t損失\nlayer\t \n", ":2: no target for “layer”; write it"),
        ("en-ja.tsv", "loss\t損失\n\t層\n", ":2: the source term is empty; write it"),
        (
            "en-ja.tsv",
            "loss\t損失\nLoss\tロス\n",
            ":2: “Loss” is ロス here and 損失 in line 1; accept both in one line (損失|ロス)",
        ),
        ("en-ja.tsv", "a\tb\nA\tc\nd\te\nD\tf\n", ":2: “A” is c here and b in line 1 (and 1 more such terms); accept"),
        (
            "en-ja.tsv",
            "source\ttarget\tforbidden\na\tb|c\tc\n",
            ":2: “c” is both accepted and forbidden for “a”; decide",
        ),
        ("en-ja.tsv", "source\ttarget\tdnt\na\tb\tno\na\t\tyes\n", ":3: “a” is left as it is here and b in line 2"),
        ("en-ja.tsv", "source\ttarget\tdnt\na\tb\tperhaps\n", ":2: “perhaps” in the column dnt; write yes or no"),
        ("en-ja.tsv", "source\ttarget\ttarget\na\tb\tc\n", ":1: two columns for the target; keep one"),
        ("en-ja.tsv", f"a\tb\n{'x' * 1_000_000}\ty\n", ":2: the source term “xxx"),
        ("en-ja.tsv", "a\tb\nx\ue010y\tz\n", ":2: the source term holds the character U+E010; remove it"),
        ("en-ja.tsv", "a\tb\n\u200f\tz\n", ":2: the source term is empty; write it"),
        ("en-ja.tsv", "a\tb\n---\tz\n", ":2: the source term “---” holds no letter, digit or sign; write a term"),
        ("en-ja.tsv", b"PK\x03\x04\x00\x00", "not text"),
        ("en-ja.tsv", "損失関数と勾配\tx\n".encode() * 30 + b"loss\t\x91\xb9\n", ":31: bytes that are not utf-8; save"),
        ("en-ja.csv", 'a,b\n"c,d\ne,f\n', ":2: not CSV ("),
        ("a.tbx", "<martif><text>", ":1: not well-formed XML ("),
        ("a.tbx", "<html/>", ":1: no termEntry or conceptEntry in <html>; check that this is TBX"),
        ("a.tbx", '<!DOCTYPE x [\n<!ENTITY a "b">]><martif/>', ":2: it declares entities"),
        ("a.tbx", TBX2.replace("トランスフォーマー", " "), ":7: a term is empty; write it"),
        ("a.tbx", TBX3, "it has the languages en, zh, fr; say which two are wanted"),
        ("a.tbx", "", ":1: not well-formed XML ("),
    ],
)
def test_bad_files_are_refused_with_file_and_line(write, name: str, content: str | bytes, message: str) -> None:
    path = write(name, content)
    with pytest.raises(GlossaryError) as error:
        read(path)
    assert str(error.value).startswith(str(path)) and message in str(error.value) and "\n" not in str(error.value)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(GlossaryError, match=r"none\.tsv: cannot be read \(No such file or directory\); check the path"):
        read(tmp_path / "none.tsv")


BOMB = '<!DOCTYPE martif [<!ENTITY a "ha">{}]><martif><text><body>&z;</body></text></martif>'.format(
    "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(25))
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("content", [BOMB, '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><martif>&e;</martif>'])
def test_entities_are_refused_in_any_encoding(write, content: str, encoding: str) -> None:
    with pytest.raises(GlossaryError, match="declares entities"):
        read(write("bomb.tbx", content.encode(encoding)))


def test_what_is_odd_but_usable_is_told(write) -> None:
    table = "en\tja\tstatus\nloss\t損失\tok\nLoss\t損失\tok\nlo\u200bss rate\t損失率\tok\n"
    glossary = read(write("w.tsv", table))
    assert entries(glossary) == {"loss": ("損失",), "loss rate": ("損失率",)}
    place, told = zip(*(warning.split(": ", 1) for warning in glossary.warnings), strict=True)
    assert [p.rpartition(":")[2] for p in place] == ["1", "4", "3"]
    assert told[0] == "the column “status” is not used" and told[2] == "“Loss” is in line 2 already"


def test_the_same_term_of_two_domains_accepts_both(write) -> None:
    glossary = read(write("en-ja.tsv", "source\ttarget\tdomain\nkernel\t核\tmath\nkernel\tカーネル\tsystems\n"))
    assert glossary.terms[0].targets == ("核", "カーネル") and glossary.terms[0].domain == "math; systems"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60) | st.text('ab\t\n",;|#<>é日\u200f', max_size=60).map(str.encode))
@pytest.mark.parametrize("suffix", ["tsv", "csv", "tbx"])
def test_any_bytes_are_a_glossary_or_an_error_of_ours(tmp_path: Path, suffix: str, data: bytes) -> None:
    path = tmp_path / f"en-ja.{suffix}"
    path.write_bytes(data)
    try:
        assert read(path).terms
    except DiglotError as error:
        assert str(error).startswith(str(path))
