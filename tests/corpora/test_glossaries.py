"""The bundled glossaries: whole, large enough, and each translation with the evidence that the rule asks for."""

import csv
import re
from pathlib import Path

import pytest

from diglot.pipeline.document import AlignedPair, Segment, Translation
from diglot.pipeline.glossary import Glossary, check_terms, read

FOLDER = Path(__file__).parent.parent.parent / "corpora" / "glossaries"
SIZES = {"ja": 800, "zh": 800, "fr": 100, "de": 100, "es": 100, "ko": 100}


def bundled(language: str) -> Glossary:
    return read(FOLDER / f"en-{language}.tsv")


@pytest.mark.parametrize(("language", "size"), SIZES.items())
def test_every_glossary_is_read_without_a_warning(language: str, size: int) -> None:
    glossary = bundled(language)
    assert (glossary.source, glossary.target, glossary.warnings) == ("en", language, ())
    assert len(glossary.terms) >= size
    assert all(term.domain and term.targets for term in glossary.terms)


@pytest.mark.parametrize("language", SIZES)
def test_every_translation_was_found_in_two_repositories_or_three_pairs(language: str) -> None:
    with (FOLDER / f"en-{language}.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            told = dict(part.split(": ", 1) for part in row["evidence"].split("; "))
            assert list(told) == row["target"].split("|"), row["source"]
            for evidence in told.values():
                places = evidence.split(", ")
                pairs = sum(int(n) for n in re.findall(r" (\d+)(?:,|$)", evidence.replace("(list)", "")))
                assert len(places) > 1 or pairs >= 3, f"{row['source']}: {evidence}"


@pytest.mark.parametrize(
    ("language", "translation"),
    [("ja", "変圧器は会話型のネットワークに取って代わった。"), ("zh", "变压器取代了卷积网络。")],
)
def test_known_blunders_are_forbidden(language: str, translation: str) -> None:
    text = "Transformers replaced the convolutional networks."
    pair = AlignedPair(Segment(0, 0, "paragraph", "en", text, ((0, len(text)),)), Translation(translation, "translated"))
    codes = [finding.code for finding in check_terms(pair, bundled(language))]
    assert codes[0] == "term-forbidden" and codes.count("term-missing") == 0


def test_the_glossaries_serve_the_other_direction_too() -> None:
    back = {term.source: term.targets for term in bundled("ja").reverse().terms}
    assert back["勾配降下法"][0] == "gradient descent" and "transformer" in back["トランスフォーマー"]
