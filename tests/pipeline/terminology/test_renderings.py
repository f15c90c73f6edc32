"""What terms became is found, also where no glossary knows it; chance meetings are not taken for renderings."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot.pipeline.document import AlignedPair, Segment, Span, Translation
from diglot.pipeline.glossary import Glossary, Term
from diglot.pipeline.terminology.phrases import is_common, phrases, word_key
from diglot.pipeline.terminology.renderings import Rendering, Usage, audit, consistency, extract, log_likelihood
from diglot.pipeline.terminology.transliteration import likeness

JAPANESE = [
    ("The transformer came out a few years ago.", "変圧器は数年前に登場しました。"),
    ("Read the article first.", "まず論文を読んでください。"),
    ("A transformer has many layers.", "トランスフォーマーには多くの層があります。"),
    ("The layers are all alike.", "これらの層はどれも同じです。"),
    ("We train the Transformer for a day.", "Transformer を一日訓練します。"),
    ("Transformers like long training.", "Transformer は長い訓練を好みます。"),
    ("The embedding is a vector.", "埋め込みはベクトルです。"),
    ("Each embedding has a norm.", "各埋め込みにはノルムがあります。"),
    ("An embedding can be averaged.", "埋め込みは平均できます。"),
    ("Look at this embedding again.", "このエンベディングをもう一度見ます。"),
    ("One more embedding is enough.", "エンベディングはあと一つで十分です。"),
    ("Now we rest.", "では休みましょう。"),
    ("Questions are welcome.", "質問は歓迎です。"),
    ("The weather is fine.", "天気は良いです。"),
]
CHINESE = [
    ("The transformer reads a sentence.", "变压器读取一个句子。"),
    ("This transformer is large.", "这个变压器很大。"),
    ("A transformer needs data.", "变压器需要数据。"),
    ("Old transformers were small.", "旧的变换器比较小。"),
    ("Another transformer is faster.", "另一个变换器更快。"),
    ("Data are expensive.", "数据很贵。"),
    ("The sentence is short.", "句子很短。"),
    ("Transformer in one slide", "一张图看懂Transformer"),
    ("Let us go on.", "我们继续吧。"),
    ("We stop here.", "到此为止。"),
    ("Thank you all.", "谢谢大家。"),
    ("See you tomorrow.", "明天见。"),
    *((f"Slide {number}.", f"第{number}张。") for number in range(30)),
]
TRANSFORMER = Term("transformer", ("Transformer", "トランスフォーマー"), ("変圧器",))


def pairs(rows: list[tuple[str, str]], source: str = "en", status: str = "translated") -> list[AlignedPair]:
    return [
        AlignedPair(Segment(i, i, "paragraph", source, text, ((0, len(text)),)), Translation(other, status))  # type: ignore[arg-type]
        for i, (text, other) in enumerate(rows)
    ]


def renderings(usages: list[Usage], term: str) -> dict[str, tuple[str, int]]:
    usage = next(usage for usage in usages if usage.term.lower().removesuffix("s") == term)
    return {rendering.text: (rendering.verdict, len(rendering.pairs)) for rendering in usage.renderings}


def test_an_audit_shows_every_rendering_with_the_glossary_s_verdict() -> None:
    usage = audit(pairs(JAPANESE), Glossary("en", "ja", (TRANSFORMER,)))[0]
    assert usage.term == "transformer" and usage.pairs == (0, 2, 4, 5) and usage.unexplained == ()
    assert usage.renderings == (
        Rendering("Transformer", (4, 5), "accepted"),
        Rendering("トランスフォーマー", (2,), "accepted"),
        Rendering("変圧器", (0,), "forbidden"),
    )


def test_without_a_glossary_cognates_and_association_find_the_renderings() -> None:
    usages = audit(pairs(JAPANESE), Glossary("en", "ja", ()))
    assert renderings(usages, "transformer") == {"Transformer": ("unknown", 2), "トランスフォーマー": ("unknown", 1)}
    assert renderings(usages, "embedding") == {"埋め込み": ("unknown", 3), "エンベディング": ("unknown", 2)}


def test_one_pair_without_other_evidence_stays_unexplained() -> None:
    usage = next(u for u in audit(pairs(JAPANESE), Glossary("en", "ja", ())) if u.term.lower().startswith("transformer"))
    assert usage.unexplained == (0,)


def test_chinese_renderings_are_cut_out_without_a_dictionary() -> None:
    assert renderings(audit(pairs(CHINESE), Glossary("en", "zh", ())), "transformer") == {
        "变压器": ("unknown", 3),
        "变换器": ("unknown", 2),
        "Transformer": ("unknown", 1),
    }


def test_a_term_left_as_it_is_counts_where_the_source_does_not_have_it() -> None:
    rows = [*CHINESE[:5], ("What it is about", "Transformer是什么")]
    assert renderings(audit(pairs(rows), Glossary("en", "zh", ())), "transformer")["Transformer"] == ("unknown", 1)


def test_extracted_terms_are_frequent_uncommon_and_rendered() -> None:
    usages = extract(pairs(JAPANESE), "en", "ja", minimum=2)
    assert {usage.term for usage in usages} >= {"embedding", "layers"}
    assert not {"the", "long", "a", "year"} & {usage.term for usage in usages}
    assert extract(pairs(JAPANESE), "en", "ja", minimum=6) == []


def test_pairs_of_another_language_or_not_translated_do_not_count() -> None:
    assert audit(pairs(JAPANESE, source="fr"), Glossary("en", "ja", (TRANSFORMER,))) == []
    assert audit(pairs(JAPANESE, status="kept"), Glossary("en", "ja", (TRANSFORMER,))) == []


def test_code_and_formulas_are_no_terms() -> None:
    texts = [
        ("The value of `alpha` grows.", "`alpha` の値が増えます。"),
        ("Set `alpha` again.", "`alpha` を設定し直します。"),
    ]
    made = [
        AlignedPair(
            Segment(i, i, "line", "en", text, ((0, len(text)),), (Span(text.index("`"), text.rindex("`") + 1, "code"),)),
            Translation(target, "translated"),
        )
        for i, (text, target) in enumerate(texts * 3)
    ]
    assert "alpha" not in {usage.term for usage in extract(made, "en", "ja")}
    assert "alpha" in {
        usage.term for usage in extract([replace(p, segment=replace(p.segment, spans=())) for p in made], "en", "ja")
    }


def test_consistency_points_at_the_pairs_that_differ_from_the_usual_rendering() -> None:
    found = consistency(pairs(JAPANESE), Glossary("en", "ja", (TRANSFORMER,)))
    assert [(index, finding.code, finding.severity) for index, finding in found] == [(2, "term-inconsistent", "info")]
    assert found[0][1].message == "“transformer” is “トランスフォーマー” here and “Transformer” in 2 pairs"


def test_association_is_symmetric_and_zero_at_chance() -> None:
    assert log_likelihood(5, 10, 7, 100) == pytest.approx(log_likelihood(5, 7, 10, 100))
    assert log_likelihood(1, 10, 10, 100) == 0.0
    assert log_likelihood(4, 4, 4, 8) == pytest.approx(2 * 8 * math.log(2))


@pytest.mark.parametrize(
    ("katakana", "latin", "alike"),
    [
        ("デコーダー", "decoder", True),
        ("アテンション", "attention", True),
        ("エンベディング", "embedding", True),
        ("ニューラルネットワーク", "neural network", True),
        ("ソフトマックス", "softmax", True),
        ("エンコーディング", "embedding", False),
        ("タスク", "token", False),
        ("モデル", "module", True),  # one sounds much like the other: association decides
        ("データ", "input", False),
        ("ア", "a", False),
    ],
)
def test_katakana_words_sound_like_the_words_that_they_write(katakana: str, latin: str, alike: bool) -> None:
    assert (likeness(katakana, latin) >= 0.85) is alike


def test_phrases_of_each_language() -> None:
    def of(text: str, language: str) -> set[str]:
        return {surface for _, surface in phrases(text, language)}

    assert of("畳み込みニューラル ネットワークを使う", "ja") >= {
        "畳み込み",
        "畳み込みニューラルネットワーク",
        "ニューラルネットワーク",
    }
    assert "を使" not in of("を使う", "ja")
    assert {"学习率", "梯度"} <= of("我们把学习率乘以梯度", "zh") and "我们" not in of("我们的学习率", "zh")
    assert of("the rate of change of it", "en") == {"rate", "rate of change", "change"}
    assert {"réseau", "réseau de neurones"} <= of("un réseau de neurones", "fr")
    assert {"신경망", "신경망은"} <= of("신경망은", "ko")
    assert word_key("l’entrée", "fr") == word_key("entrées", "fr") and word_key("classes", "en") == "class"


def test_common_words() -> None:
    assert is_common("people", "en") and not is_common("gradient", "en") and not is_common("x", "xx")


@given(st.text(max_size=60), st.sampled_from(["en", "fr", "ja", "zh", "ko"]))
def test_phrases_take_any_text(text: str, language: str) -> None:
    assert all(key and surface for key, surface in phrases(text, language))


@given(st.lists(st.tuples(st.text("ab層 ", max_size=12), st.text("xy層ア ", max_size=12)), max_size=12))
def test_an_audit_takes_any_pairs_and_points_only_at_pairs_there_are(rows: list[tuple[str, str]]) -> None:
    for usage in audit(pairs(rows), Glossary("en", "ja", (Term("a b", ("層",)),))):
        assert set(usage.unexplained) <= set(usage.pairs) <= set(range(len(rows)))
        assert all(rendering.text and rendering.pairs for rendering in usage.renderings)
