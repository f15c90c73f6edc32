import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diglot import InputError
from diglot.pipeline.decode import GAP, Decoded, Stray, decode

TEXTS = {
    "ja": "本日は確率的勾配降下法について説明します。\n資料は後ほど配布します。\n",
    "zh": "今天我们讲随机梯度下降。\n请大家先看第三页的公式。\n",
    "zh-Hant": "今天我們講隨機梯度下降。\n請大家先看第三頁的公式。\n",
    "ko": "오늘은 확률적 경사 하강법을 설명하겠습니다.\n자료는 나중에 드립니다.\n",
    "fr": "Aujourd’hui, nous étudions la descente de gradient.\nC’était déjà prévu l’année dernière.\n",
    "de": "Heute erklären wir das Gradientenverfahren für größere Netze.\nÜbungen folgen später.\n",
    "es": "Hoy veremos el descenso de gradiente.\n¿Cuántos parámetros tenía el año pasado?\n",
    "ru": "Сегодня мы изучаем градиентный спуск.\nУпражнения будут позже.\n",
    "en": "It’s easy — once you’ve seen “gradient descent” written out.\n",
}
WRITTEN = [
    *(
        (name, encoding)
        for name in TEXTS
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be")
    ),
    ("ja", "cp932"),
    ("ja", "euc_jp"),
    ("ja", "iso2022_jp"),
    ("zh", "gb18030"),
    ("zh-Hant", "big5"),
    ("zh-Hant", "gb18030"),
    ("ko", "cp949"),
    *((name, encoding) for name in ("fr", "de", "es") for encoding in ("windows-1252", "mac-roman")),
    ("ru", "windows-1251"),
    ("ru", "koi8-r"),
    ("en", "windows-1252"),
]


@pytest.mark.parametrize(("name", "encoding"), WRITTEN)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_text_is_read_in_the_encoding_it_was_written_in(name: str, encoding: str, end: str) -> None:
    text = TEXTS[name].replace("\n", end)
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize(
    ("text", "encoding"), [("勾配降下法の説明", "cp932"), ("梯度下降法", "gb18030"), ("경사 하강법", "cp949")]
)
def test_a_few_characters_are_enough(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == Decoded(text, encoding)


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"plain ASCII\r\n", b"\xff\xfe", b"\n"])
def test_the_smallest_files_are_text(data: bytes) -> None:
    assert decode(data).strays == ()


def test_a_mark_is_taken_off_and_one_inside_is_kept() -> None:
    assert decode(codecs.BOM_UTF8 + "é\ufeffè".encode()).text == "é\ufeffè"


def test_ascii_with_a_zero_byte_is_text_no_more() -> None:
    with pytest.raises(InputError, match=r"binary data: byte 0x00 at offset 9, line 2"):
        decode(b"one\ntwo \x85\x00\x13\x99\xfe\x00\x01")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7 \xe2\xe3", "a PDF"),
        (b"PK\x03\x04\x14\x00", "a zip archive"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"\xd0\xcf\x11\xe0\xa1", "an old Office document"),
    ],
)
def test_files_of_other_programs_are_called_by_their_name(data: bytes, what: str) -> None:
    with pytest.raises(InputError, match=what):
        decode(data)


def test_random_bytes_are_refused_with_a_place() -> None:
    data = bytes(range(128, 256)) * 4
    with pytest.raises(InputError, match=r"offset \d+, line 1"):
        decode(data)


def test_utf_16_cut_in_the_middle_is_said() -> None:
    with pytest.raises(InputError, match=r"utf-16 .* offset 20"):
        decode("gradient ü".encode("utf-16")[:-1])


def test_stray_bytes_in_utf_8_are_read_as_well_as_may_be_and_told() -> None:
    line = "Le gradient est calculé à chaque étape.\n"
    data = line.encode() * 3 + "Le café est prêt.\n".encode("cp1252") + line.encode()
    decoded = decode(data)
    assert decoded.encoding == "utf-8"
    assert decoded.text == line * 3 + "Le café est prêt.\n" + line
    (stray,) = decoded.strays
    assert stray == Stray(len(line.encode()) * 3, 4, "Le café est prêt.\n".encode("cp1252"), "Le café est prêt.\n")


def test_a_cut_character_is_marked_and_told() -> None:
    line = "损失函数的值会越来越小。\n"
    data = line.encode() * 4 + "模型".encode()[:-1]
    decoded = decode(data)
    assert decoded.text == line * 4 + "模" + GAP
    assert [(stray.line, stray.data) for stray in decoded.strays] == [(5, "型".encode()[:-1])]


def test_many_bad_bytes_are_an_error() -> None:
    data = b"".join("梯度下降".encode() + bytes([0xFF, 0xC0, 0xFE]) + b"\n" for _ in range(50))
    with pytest.raises(InputError, match=r"no encoding fits|not known"):
        decode(data)


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_any_bytes_are_text_or_an_error_with_a_place(data: bytes) -> None:
    try:
        decoded = decode(data)
    except InputError as error:
        assert "offset" in str(error)
    else:
        assert all(data[stray.offset :].startswith(stray.data) for stray in decoded.strays)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\x1b\ufeff"), min_size=65, max_size=200))
@settings(max_examples=60)
def test_utf_8_of_some_length_is_always_utf_8(text: str) -> None:
    if not text.startswith(("%PDF-", "PK\x03\x04")):
        assert decode(text.encode()).text == text


@pytest.mark.parametrize("unit", [b"\xe9", b"\x81", b"\xe3\x80", b"\n\xff", "é\xff".encode(), b"\x8f\xa2"], ids=repr)
def test_hostile_bytes_come_through_in_no_time(unit: bytes) -> None:
    try:
        decode(unit * 50_000)
    except InputError as error:
        assert "offset" in str(error)


def test_stray_bytes_behind_a_byte_order_mark_are_told_by_their_places_in_the_file() -> None:
    decoded = decode(b"\xef\xbb\xbfone\ntwo\xff\n")
    assert (decoded.text, decoded.encoding) == ("one\ntwo\ufffd\n", "utf-8-sig")
    assert [(stray.offset, stray.line, stray.data) for stray in decoded.strays] == [(10, 2, b"\xff")]
    assert decode(b"\xef\xbb\xbf\xef\xbb").strays[0].offset == 3


def test_a_few_lost_bytes_are_borne_and_more_are_not() -> None:
    line = "本日は確率的勾配降下法について説明します。\n".encode()
    part = line * 20 + line[:30] + b"\xff" + line[30:]
    assert len(decode(part * 3).strays) == 3
    with pytest.raises(InputError, match="utf-8 fails 4 times"):
        decode(part * 4)


def test_a_short_line_of_mojibake_is_text() -> None:
    mojibake = "学习是一生的事。".encode().decode("latin-1")
    assert decode(mojibake.encode()) == Decoded(mojibake, "utf-8")
