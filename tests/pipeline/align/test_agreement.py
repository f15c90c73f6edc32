import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diglot.pipeline.align.agreement import BY_CHANCE, agreement
from diglot.pipeline.align.bitext import align_document, align_documents
from diglot.pipeline.document import Document, Segment
from diglot.pipeline.edition import Edition, Reading, open_bytes, segments_of

CACHES = {
    "A cache keeps what was read last close to the processor.": "キャッシュは最後に読んだものをプロセッサの近くに置きます。",
    "When the data is there, we call it a hit.": "データがそこにあれば、ヒットと呼びます。",
    "Otherwise the program waits for the memory.": "なければ、プログラムはメモリを待ちます。",
    "That takes a hundred times as long.": "それには百倍の時間がかかります。",
    "Loops that walk along rows are therefore fast.": "そのため、行に沿って進むループは高速です。",
    "Loops that walk along columns are slow.": "列に沿って進むループは低速です。",
    "Let us measure both on a large matrix.": "大きな行列で両方を測ってみましょう。",
    "The first one needs two seconds.": "最初のものは2秒かかります。",
    "The second one needs thirty seconds.": "2番目のものは30秒かかります。",
    "Nothing but the order of access has changed.": "変わったのはアクセスの順序だけです。",
    "The compiler can exchange the loops for us.": "コンパイラがループを入れ替えることもできます。",
    "It must prove that the result stays the same.": "結果が変わらないことを証明しなければなりません。",
    "Large tables are divided into blocks.": "大きな表はブロックに分けます。",
    "Each block fits into the cache.": "各ブロックはキャッシュに収まります。",
}
BREAD = {
    "Flour and water are mixed first.": "まず小麦粉と水を混ぜます。",
    "The yeast eats the sugar and makes gas.": "酵母は糖を食べてガスを作ります。",
    "Salt slows it down, so add it late.": "塩はその働きを抑えるので、後で加えます。",
    "Cover the dough with a cloth.": "生地に布をかけます。",
    "It should rest in a warm room overnight.": "暖かい部屋で一晩休ませましょう。",
    "In the morning it will be twice as big.": "朝には2倍の大きさになります。",
    "Heat the oven before you shape the loaf.": "パンの形を作る前にオーブンを温めます。",
    "Steam gives the bread its brown crust.": "蒸気がパンに茶色の皮を与えます。",
    "Bake it until it sounds hollow.": "叩くと空洞の音がするまで焼きます。",
    "Wait an hour before you cut it.": "切る前に1時間待ってください。",
    "Old bread can be toasted.": "古いパンはトーストにできます。",
    "Keep it in a bag of paper, not of plastic.": "ビニールではなく紙の袋に入れておきます。",
    "Rye needs more water than wheat.": "ライ麦は小麦より多くの水を必要とします。",
    "A sour dough gives it a strong taste.": "サワー種は強い味を与えます。",
}


def opened(texts: list[str], name: str = "text.txt") -> tuple[Document, list[Segment]]:
    document = open_bytes("\n\n".join(texts).encode(), name, Reading(comments=True)).document
    return document, list(segments_of(document))


def aligned(english: dict[str, str], japanese: dict[str, str]) -> Edition:
    return align_documents(opened(list(english)), opened(list(japanese.values())), source="en", target="ja")


@pytest.mark.parametrize("text", [CACHES, BREAD])
def test_a_translation_is_believed(text: dict[str, str]) -> None:
    assert (agreement(aligned(text, text)) or 0) > 0.8


@pytest.mark.parametrize(("first", "second"), [(CACHES, BREAD), (BREAD, CACHES)])
def test_the_translation_of_another_text_is_not(first: dict[str, str], second: dict[str, str]) -> None:
    edition = aligned(first, second)
    found = agreement(edition)
    assert found is not None
    assert found < BY_CHANCE
    assert {pair.segment.text for pair in edition.pairs} >= set(first)  # said, but nothing is held back


def test_an_unfinished_translation_is_believed() -> None:
    assert (agreement(aligned(BREAD | CACHES, BREAD)) or 0) > 0.8


def test_two_texts_in_one_file_are_compared_too() -> None:
    wrong, right = (agreement(align_document(*opened([*CACHES, *other.values()]))) for other in (BREAD, CACHES))
    assert wrong is not None
    assert right is not None
    assert wrong < BY_CHANCE < right


def test_a_few_rows_tell_nothing() -> None:
    assert agreement(aligned(dict([*CACHES.items()][:3]), dict([*BREAD.items()][:3]))) is None


def test_texts_without_anything_to_compare_tell_nothing() -> None:
    """Languages that no lexicon has, and not a number in them: all rows have equally little in common."""
    texts = ["".join(chr(0x1200 + 7 * i + j) for j in range(12)) for i in range(12)]
    others = ["".join(chr(0x10D0 + (5 * i + j) % 30) for j in range(12)) for i in range(12)]
    assert agreement(align_documents(opened(texts), opened(others), source="am", target="ka")) is None


ROWS = st.lists(st.sampled_from([*CACHES, *BREAD.values(), "42", "", "\ud800", "`f()`"]) | st.text(max_size=8), max_size=30)


@settings(max_examples=40)
@given(ROWS, ROWS)
def test_agreement_is_between_minus_one_and_one_whatever_the_texts_are(first: list[str], second: list[str]) -> None:
    document = Document("", "plain", ())
    sides = [
        [Segment(i, i, "line", code, text, ((0, len(text)),)) for i, text in enumerate(texts)]
        for code, texts in (("en", first), ("ja", second))
    ]
    found = agreement(align_documents((document, sides[0]), (document, sides[1]), source="en", target="ja"))
    assert found is None or -1 <= found <= 1
