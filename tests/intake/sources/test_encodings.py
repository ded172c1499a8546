import codecs

import pytest

from kamlab.intake.sources.encodings import decode
from kamlab.intake.sources.found import UnreadableSheet

JAPANESE = "顧客ID,顧客名,備考\r\n001,㈱髙島屋①,～―∥\r\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (JAPANESE.encode("utf-8"), "utf-8"),
        (JAPANESE.encode("utf-8-sig"), "utf-8-sig"),
        (JAPANESE.encode("cp932"), "cp932"),
        (codecs.BOM_UTF16_LE + JAPANESE.encode("utf-16-le"), "utf-16"),
        (codecs.BOM_UTF16_BE + JAPANESE.encode("utf-16-be"), "utf-16"),
        (JAPANESE.encode("utf-16-le"), "utf-16"),
        (JAPANESE.encode("utf-16-be"), "utf-16"),
    ],
)
def test_a_japanese_export_is_decoded_and_its_encoding_named(content, encoding):
    assert decode(content) == (JAPANESE, encoding)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "Zoë,Ærø,日本\n", "𠮷野家\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_is_written_is_read(text, encoding):
    assert decode(text.encode(encoding))[0] == text


@pytest.mark.parametrize(
    "text",
    [
        "山田商事",
        "ﾃｽﾄ",
        "ﾌｼﾞｻﾝ ﾕｿｳ(ｶ)",
        "さくらソフトウェア",
        "㈱髙﨑―①～Ⅲ",
        "蘂ア籠タ",
        "ЯΩ",
        "A棟",
        "○",
        "纊褜鍈電機",
    ],
)
def test_real_cp932_is_not_taken_for_anything_else(text):
    text = f"account_id,name\nA,{text}\n"
    assert decode(text.encode("cp932")) == (text, "cp932")


@pytest.mark.parametrize("name", ["EUC-JP", "ISO-2022-JP"])
def test_other_japanese_encodings_are_named_and_not_garbled(name):
    with pytest.raises(UnreadableSheet) as caught:
        decode(JAPANESE.replace("㈱髙", "高").replace("①", "").encode(name, "ignore"))
    assert caught.value.kind == "other_encoding"
    assert caught.value.words["name"].startswith(name)


@pytest.mark.parametrize(
    "word", ["Crédit", "Société", "MÜLLER", "Zoé", "Bräu", "naïve", "École", "Citroën’s"]
)
def test_western_letters_never_become_kanji(word):
    with pytest.raises(UnreadableSheet) as caught:
        decode(f"account_id,name\nA,{word} Bank\n".encode("cp1252"))
    assert caught.value.kind in ("encoding", "other_encoding")


@pytest.mark.parametrize(
    "content",
    [
        JAPANESE.encode("utf-16")[:-1],
        JAPANESE.encode("utf-32"),
        b"a,b\n\0\0\0\0,1\n",
        b"\x80\x81\xfd\xfe\xff",
        *("顧客ID\n株".encode("cp932") + byte for byte in (b"\x80", b"\xa0", b"\xfd", b"\xff")),
    ],
)
def test_what_is_no_text_is_refused(content):
    with pytest.raises(UnreadableSheet) as caught:
        decode(content)
    assert caught.value.kind == "encoding"


def test_damaged_utf8_names_the_line():
    content = "顧客ID,顧客名\n1,株式会社山田\n2,乙丙丁".encode()[:-1]
    with pytest.raises(UnreadableSheet) as caught:
        decode(content)
    assert (caught.value.kind, caught.value.words) == ("damaged_utf8", {"line": 3})


@pytest.mark.parametrize("content", [b"PK\x03\x04\x14\0", bytes.fromhex("d0cf11e0a1b11ae1")])
def test_a_workbook_with_the_name_of_a_text_file_is_told(content):
    with pytest.raises(UnreadableSheet) as caught:
        decode(content)
    assert caught.value.kind == "workbook_named_text"
