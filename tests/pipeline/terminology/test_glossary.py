"""Terms are found whole, in their inflected forms, the longest first; what a translation does with them is reported."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot import PLACEHOLDERS, TERM_CLOSE, TERM_OPEN, TERM_TARGET_CLOSE
from diglot.pipeline.document import AlignedPair, Finding, Segment, Span, Translation
from diglot.pipeline.glossary import Glossary, Match, Term, annotate, check_terms, merge, missed, protected, spellings

CASES = json.loads((Path(__file__).parents[2] / "data" / "glossary" / "matches.json").read_text(encoding="utf-8"))
CHECKS = json.loads((Path(__file__).parents[2] / "data" / "glossary" / "checks.json").read_text(encoding="utf-8"))


def glossary(*sources: str, language: str = "en", **options: bool) -> Glossary:
    return Glossary(language, "fr", tuple(Term(source, ("x",), **options) for source in sources))


def found(terms: Glossary, text: str, spans: tuple[Span, ...] = ()) -> list[str]:
    return [text[match.start : match.end] for match in terms.match(text, terms.source, spans)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_terms_are_found(case: dict) -> None:
    assert found(glossary(*case["terms"], language=case["language"]), case["input"]) == case["expected"]


def test_a_verb_is_found_in_its_forms_and_a_noun_is_not_a_verb() -> None:
    text = "We tag words; tagged words, tagging, and it applies what we applied."
    assert found(glossary("tag", "apply", verb=True), text) == ["tag", "tagged", "tagging", "applies", "applied"]
    assert found(glossary("tag", "apply"), text) == ["tag", "applies"]


def test_case_counts_for_a_case_sensitive_term() -> None:
    terms = glossary("GAN", "R", case_sensitive=True)
    assert found(terms, "Gan trained two GANs in R, r and GAN's heirs.") == ["GANs", "R", "GAN"]


def test_protected_spans_are_left_alone() -> None:
    text = "the loss `loss` in the loss function"
    assert found(glossary("loss", "loss function"), text, (Span(9, 15, "code"),)) == ["loss", "loss function"]
    assert found(glossary("loss function"), text, (Span(23, 29, "code"),)) == []


def test_another_language_has_no_matches() -> None:
    assert glossary("loss").match("loss", "de") == []
    assert len(glossary("loss").match("loss", "en-GB")) == 1


def test_hostile_repetition_takes_linear_time_in_the_text() -> None:
    terms = glossary(*(" ".join(["a"] * n) for n in range(1, 51)))
    matches = terms.match("a " * 1000, "en")
    assert len(matches) == 20 and matches[0].end - matches[0].start == 99


@given(
    st.lists(st.text(max_size=12), max_size=8),
    st.text(max_size=80),
    st.sampled_from(["en", "ja", "zh", "fr", "de", "es", "ko"]),
)
def test_matches_are_ordered_disjoint_and_inside_whatever_the_text(terms: list[str], text: str, language: str) -> None:
    matches = glossary(*terms, language=language).match(text, language)
    places = [place for match in matches for place in (match.start, match.end)]
    assert places == sorted(places) and all(match.start < match.end for match in matches)
    assert not places or (places[0] >= 0 and places[-1] <= len(text))


@given(st.from_regex(r"[a-z]{2,8}( [a-z]{2,8}){0,2}", fullmatch=True), st.sampled_from(["en", "fr", "de", "es"]))
def test_every_term_is_found_in_itself_in_any_case_and_hyphenated(term: str, language: str) -> None:
    for text in (term, term.upper(), term.title(), term.replace(" ", "-"), f"({term})", term.replace(" ", "\n")):
        assert len(glossary(term, language=language).match(text, language)) == 1


def test_annotation_writes_the_first_target_and_leaves_the_rest_of_the_text() -> None:
    terms = Glossary("en", "ja", (Term("loss", ("損失", "ロス")), Term("PyTorch", ("PyTorch",), do_not_translate=True)))
    text = f"Losses {PLACEHOLDERS[0]} in PyTorch."
    matches = terms.match(text, "en")
    assert annotate(text, matches) == (f"{TERM_OPEN}Losses{TERM_CLOSE}損失{TERM_TARGET_CLOSE} {PLACEHOLDERS[0]} in PyTorch.")
    assert protected(matches) == [Span(12, 19, "name")]


@given(st.text("ab ", max_size=40))
def test_annotation_can_be_taken_out_again(text: str) -> None:
    annotated = annotate(text, glossary("ab", "b a").match(text, "en"))
    assert annotated.replace(TERM_OPEN, "").replace(f"{TERM_CLOSE}x{TERM_TARGET_CLOSE}", "") == text


def pair(source: str, target: str, language: str = "en", status: str = "translated") -> AlignedPair:
    segment = Segment(0, 0, "paragraph", language, source, ((0, len(source)),))
    return AlignedPair(segment, Translation(target, status))  # type: ignore[arg-type]


def checked(case: dict) -> list[Finding]:
    terms = tuple(
        Term(t["source"], tuple(t.get("targets", ())), tuple(t.get("forbidden", ())), t.get("dnt", False))
        for t in case["terms"]
    )
    source, target = case["direction"].split("-")
    return check_terms(pair(case["input"], case["translation"], source), Glossary(source, target, terms))


@pytest.mark.parametrize("case", CHECKS, ids=lambda case: case["label"])
def test_translations_are_checked(case: dict) -> None:
    findings = checked(case)
    places = [[f.code, case["input"][slice(*f.source or (0, 0))]] for f in findings]
    assert places == case["expected"]
    assert all(f.message and f.advice for f in findings)


def test_a_forbidden_translation_is_shown_where_it_stands() -> None:
    terms = Glossary("en", "ja", (Term("transformer", ("Transformer",), ("変圧器",)),))
    (finding,) = check_terms(pair("A transformer.", "これは変圧器だ。"), terms)
    assert (finding.severity, finding.source, finding.target) == ("error", (2, 13), (3, 6))
    assert finding.advice == "Write “Transformer”"


def test_kept_and_untranslated_segments_are_not_checked() -> None:
    terms = Glossary("en", "ja", (Term("loss", ("損失",)),))
    assert [len(check_terms(pair("loss", "x", status=s), terms)) for s in ("translated", "kept", "untranslated")] == [
        1,
        0,
        0,
    ]


def test_the_reverse_direction_leads_back_first_to_the_term_whose_own_translation_it_is() -> None:
    back = Glossary("en", "ja", (Term("training", ("訓練", "学習")), Term("learning", ("学習",)))).reverse()
    assert (back.source, back.target) == ("ja", "en")
    assert {term.source: term.targets for term in back.terms} == {
        "訓練": ("training",),
        "学習": ("learning", "training"),
    }


def test_a_one_way_translation_is_accepted_and_does_not_lead_back() -> None:
    parse = Term("parse", ("解析", "分析"), one_way=("分析",))
    assert missed("分析输入。", [parse], "zh") == []
    assert [term.source for term in Glossary("en", "zh", (parse,)).reverse().terms] == ["解析"]


def test_the_earlier_glossary_wins_in_a_merge() -> None:
    first = Glossary("en", "fr", (Term("Loss", ("perte",)),))
    second = Glossary("en", "fr", (Term("loss", ("coût",)), Term("layer", ("couche",))))
    assert [term.targets for term in merge([first, second]).terms] == [("perte",), ("couche",)]
    with pytest.raises(ValueError, match="directions"):
        merge([first, second.reverse()])


def test_a_match_knows_its_term() -> None:
    term = Term("loss", ("損失",))
    assert Glossary("en", "ja", (term,)).match("a loss", "en") == [Match(2, 6, term)]


@pytest.mark.parametrize(
    ("translation", "sources"),
    [
        ("学習率と損失", []),
        ("学習率", ["loss"]),
        ("ラーニングレートと損失", []),
        ("学習速度と損失", ["learning rate"]),  # a forbidden word is a miss, also beside an accepted one
        ("学習率、つまり学習速度と損失", ["learning rate"]),
        ("", ["learning rate", "loss"]),
    ],
)
def test_what_a_translation_misses(translation: str, sources: list[str]) -> None:
    terms = Term("learning rate", ("学習率", "ラーニングレート"), forbidden=("学習速度",)), Term("loss", ("損失",))
    assert [term.source for term in missed(translation, terms, "ja")] == sources


@pytest.mark.parametrize(
    ("target", "language", "spelled"),
    [
        ("学習率", "ja", {"学習率"}),
        ("正規化する", "ja", {"正規化する", "正規化"}),
        ("学ぶ", "ja", {"学ぶ"}),
        ("エンコーダ", "ja", {"エンコーダ", "エンコーダー"}),
        ("レイヤー", "ja", {"レイヤー", "レイヤ"}),
        ("loss", "en", {"loss", "losses"}),
        ("C++", "en", {"C++"}),
        ("couche", "fr", {"couche"}),
    ],
)
def test_a_term_may_be_written_in_some_other_forms(target: str, language: str, spelled: set[str]) -> None:
    term = Term("x", (target,))
    assert set(spellings(term, language)) == spelled
    assert all(not missed(spelling, [term], language) for spelling in spelled)
