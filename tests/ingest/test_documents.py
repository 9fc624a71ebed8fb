"""Documents become text, whatever they are; what cannot costs one sentence, and nothing of them is run."""

import pytest

from geo_app.errors import AnswerNeeded, GeoAppError, UnreadableFile, UnsupportedFormat
from geo_app.ingest import Limits, read_document
from tests.ingest import papers
from tests.ingest.papers import SENTENCE

ENGLISH = "About 115,000 mu of grassland were restored."


@pytest.fixture
def read(tmp_path):
    """Read bytes, or a file that a test has made."""

    def call(content=None, **given):
        path = tmp_path / "document"
        if content is not None:
            path.write_bytes(content)
        return read_document(path, name="document", **given)

    return call


def refusal(read, content=None, **given):
    with pytest.raises(GeoAppError) as found:
        read(content, **given)
    assert not isinstance(found.value, AnswerNeeded)
    return found.value


@pytest.mark.parametrize(
    "codec, label",
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("gb18030", "GB18030"),
        ("gbk", "GB18030"),
        ("utf-16", "UTF-16"),
        ("utf-32", "UTF-32"),
    ],
)
def test_text_in_any_encoding_of_chinese_is_as_received(read, codec, label):
    found = read(f"标题\r\n{SENTENCE}\n".encode(codec))
    assert (found.kind, found.text, found.encoding) == ("text", f"标题\r\n{SENTENCE}\n", label)


def test_traditional_text_in_big5_is_read(read):
    assert read("恢復被非法開墾的草原，清理危險廢物五萬噸。".encode("big5")).encoding == "Big5"


def test_a_guessed_encoding_is_said(read):
    assert [each.rule for each in read(SENTENCE.encode("gbk")).findings] == ["encoding_inferred"]
    assert not read(SENTENCE.encode()).findings


def test_text_that_fits_no_encoding_is_asked_about_and_read_as_answered(read):
    content = "Площадь лугов 115 000".encode("cp1251")
    with pytest.raises(AnswerNeeded) as asked:
        read(content)
    assert "windows-1251" in asked.value.choices
    assert read(content, encoding="windows-1251").text == "Площадь лугов 115 000"


@pytest.mark.parametrize("text, language", [(SENTENCE, "zh"), (ENGLISH, "en"), (f"{ENGLISH} (草原)", "en")])
def test_language_is_told(read, text, language):
    assert read(text.encode()).language == language


@pytest.mark.parametrize(
    "codec, declared", [("gb18030", "gb2312"), ("utf-8", "gb2312"), ("big5", "big5"), ("utf-8", "")]
)
def test_page_is_decoded_by_what_it_holds_then_by_what_it_declares(read, codec, declared):
    page = f'<html><head><meta charset="{declared}"></head><body><p>清理草原垃圾</p></body></html>'
    found = read(page.encode(codec))
    assert (found.kind, found.text) == ("html", "清理草原垃圾")


def test_page_keeps_lines_and_cells_and_loses_what_is_not_seen(read):
    page = """<!doctype html><title>题</title><style>p{}</style><script>document.write("9亩")</script>
    <!-- 8亩 --><p>恢复<b>草原</b>
    11.5万亩<p hidden>7亩<p style="display: none">6亩<noscript>5亩</noscript><p>二<br>三
    <table><tr><td><p>林地</p></td><td><p>3亩</p></td></tr><tr><td>耕地<td>4亩</table><pre>a\nb</pre>"""
    assert read(page.encode()).text == "恢复草原 11.5万亩\n二\n三\n林地\t3亩\n耕地\t4亩\na\nb"


def test_markup_in_a_page_stays_text(read):
    assert read(b"<p>&lt;img src=x onerror=alert(1)&gt;").text == "<img src=x onerror=alert(1)>"


def test_pasted_text_is_plain_whatever_it_looks_like(read):
    found = read(b"<p>3</p>", is_plain=True)
    assert (found.kind, found.text) == ("text", "<p>3</p>")


def test_page_nested_too_deep_is_refused_not_cut_off(read):
    page = "<p>前段</p>" + "<div>" * 5000 + "3亩"
    assert "nested too deep" in str(refusal(read, page.encode()))


def test_entities_of_a_page_do_not_grow(read):
    page = '<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]><p>&b;&b;</p>'
    assert len(read(page.encode()).text) < 100


def test_word_document_has_paragraphs_and_tables(read, tmp_path):
    papers.word(tmp_path / "document", [SENTENCE, "次段"], [["地类", "面积"], ["草原", "11.5万亩"]])
    found = read()
    assert (found.kind, found.text, found.encoding) == (
        "docx", f"{SENTENCE}\n次段\n地类\t面积\n草原\t11.5万亩", None,
    )  # fmt: skip


RUN = "<w:r><w:t>{}</w:t></w:r>"
BODIES = {
    "insertion": ("<w:p>{草}<w:ins>{原}</w:ins></w:p>", "草原"),
    "deletion": ("<w:p>{草}<w:del><w:r><w:delText>原</w:delText></w:r></w:del></w:p>", "草"),
    "control": ("<w:sdt><w:sdtContent><w:p>{草原}</w:p></w:sdtContent></w:sdt>", "草原"),
    "link": ("<w:p><w:hyperlink>{草}</w:hyperlink>{原}</w:p>", "草原"),
    "field": ("<w:p><w:r><w:instrText>PAGE</w:instrText></w:r>{草}</w:p>", "草"),
    "hidden": ("<w:p>{草}<w:r><w:rPr><w:vanish/></w:rPr><w:t>原</w:t></w:r></w:p>", "草"),
    "not hidden": ('<w:p><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>原</w:t></w:r></w:p>', "原"),
    "line": ("<w:p>{草}<w:r><w:br/></w:r>{原}</w:p>", "草\n原"),
    "tab stop": ("<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr>{草}</w:p>", "草"),
    "box": ("<w:p>{草}<w:r><w:txbxContent><w:p>{框}</w:p></w:txbxContent></w:r>{原}</w:p>", "草原\n框"),
    "copy of a box": ("<w:p>{草}<mc:Fallback><w:p>{框}</w:p></mc:Fallback></w:p>", "草"),
    "cell of two lines": (
        "<w:tbl><w:tr><w:tc><w:p>{草}</w:p><w:p>{原}</w:p></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>",
        "草\n原",
    ),
}


@pytest.mark.parametrize("name", BODIES)
def test_word_document_is_read_as_it_is_seen(read, tmp_path, name):
    body, expected = BODIES[name]
    papers.word_with(tmp_path / "document", body.replace("{", "<w:r><w:t>").replace("}", "</w:t></w:r>"))
    assert read().text == expected


def test_pdf_has_the_text_of_its_pages_with_lines_put_together(read, tmp_path):
    papers.pdf(tmp_path / "document", [["公报", "本年全县恢复被非法开垦和占用的草", "原11.5万亩。"], ["次页"]])
    found = read()
    assert (found.kind, found.text) == ("pdf", "公报\n本年全县恢复被非法开垦和占用的草原11.5万亩。\n次页")


def test_what_heads_every_page_of_a_pdf_stands_in_no_sentence(read, tmp_path):
    head = "海西公报"
    pages = [[head, "本年全县恢复被非法开垦和占用的草", "- 1 -"], [head, "原11.5 万亩，清理废物5.8 万吨。", "- 2 -"]]
    papers.pdf(tmp_path / "document", [[*pages[0][:1], "督促整治了", *pages[0][1:]], pages[1]])
    assert read().text == "海西公报\n督促整治了\n本年全县恢复被非法开垦和占用的草原11.5万亩，清理废物5.8万吨。"


@pytest.mark.parametrize(
    "lines, expected",
    [
        (["复垦被非法改变用途和占用的耕地753", "6.1亩，整治恢复被污染土地3亩。"], "耕地7536.1亩"),
        (["1 德令哈 3200", "2 乌兰县 1500"], "3200 2"),
        (["In this year the county restored", "115,000 mu of its grassland"], "restored 115,000"),
    ],
)
def test_number_over_the_end_of_a_line_is_whole_and_two_are_not_one(read, tmp_path, lines, expected):
    papers.pdf(tmp_path / "document", [lines])
    assert expected in read().text


def test_pages_of_pictures_among_text_are_said(read, tmp_path):
    papers.pdf(tmp_path / "document", [[SENTENCE], [], [SENTENCE], []])
    (said,) = read().findings
    assert (said.rule, said.values["pages"], said.values["count"]) == ("pages_without_text", "2, 4", 4)


def test_pdf_that_is_only_protected_against_changes_is_read(read, tmp_path):
    papers.encrypted_pdf(tmp_path / "document", user="")
    assert SENTENCE in read().text


def test_scanned_pdf_is_refused(read, tmp_path):
    papers.pdf(tmp_path / "document", [[], []])
    assert "as a scanner makes them (pages: 2)" in str(refusal(read))


def test_encrypted_pdf_is_refused(read, tmp_path):
    papers.encrypted_pdf(tmp_path / "document", user="secret")
    assert "encrypted PDF" in str(refusal(read))


@pytest.mark.parametrize(
    "stream, said",
    [("EncryptedPackage", "encrypted"), ("WordDocument", r"\.docx"), ("Workbook", "Excel 97"), ("", "Office 97")],
)
def test_containers_of_old_office_are_told_apart(read, tmp_path, stream, said):
    papers.ole(tmp_path / "document", stream)
    with pytest.raises(GeoAppError, match=said):
        read()


@pytest.mark.parametrize(
    "content, said",
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "picture"),
        (b"GIF89a\x01\x00", "picture"),
        (b"{\\rtf1 x}", "RTF"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"MIME-Version: 1.0\r\n", "MHTML"),
        (b"<?xml version='1.0'?><w:wordDocument/>", "XML"),
    ],
)
def test_other_kinds_are_named(read, content, said):
    error = refusal(read, content)
    assert isinstance(error, UnsupportedFormat)
    assert said in str(error)


@pytest.mark.parametrize("content", [b"GIF8 million yuan", b"BM said 3 mu", b"RIFF 3 mu"])
def test_text_that_begins_like_a_picture_is_text(read, content):
    assert read(content).kind == "text"


@pytest.mark.parametrize(
    "content, said",
    [
        (b"", "is empty"),
        (b" \r\n\t", "only blank space"),
        ("\u3000\n".encode(), "only blank space"),
        (b"<html><script>1</script></html>", "only blank space"),
        (b"ab\x00\x01\x02cd\x00\x00", "zero at byte 2"),
        (("草" * 1_000_001).encode(), "1000001 characters"),
    ],
)
def test_what_holds_no_text_is_refused(read, content, said):
    assert said in str(refusal(read, content))


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE.encode().decode("gb18030", "replace"),
        SENTENCE.encode().decode("latin-1"),
        SENTENCE.encode("gbk").decode("latin-1"),
        SENTENCE.encode("gbk").decode("utf-8", "replace"),
        "恢复锟斤拷锟斤拷草原",
        "\ue000\ue001\ue002 11.5",
    ],
)
def test_garbled_text_is_refused(read, text):
    assert "garbled" in str(refusal(read, text.encode()))


def test_named_encoding_that_makes_no_sense_is_refused(read):
    assert "makes no sense" in str(refusal(read, SENTENCE.encode("gbk"), encoding="latin-1"))


def test_text_that_only_quotes_garbled_words_is_not_garbled(read):
    text = f"{SENTENCE}编号写成了Í¼°ß±àºÅ，又写成了åœ°å€ç¼–å·。{SENTENCE}"
    assert read(text.encode()).text == text


@pytest.mark.parametrize(
    "text",
    ["Café à 25 °C ± 3 °C, naïve œuvre", "№ 5 – “mu” × 3 m²", "草原恢復：十一萬五千畝。", "草原“恢复”9300多亩……——"],
)
def test_text_with_marks_and_accents_is_not_garbled(read, text):
    assert read(text.encode()).text == text


def test_entity_bomb_in_a_word_document_is_refused(read, tmp_path):
    lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<!DOCTYPE d [<!ENTITY a0 "草">{lines}]>'
    papers.word_with(tmp_path / "document", "<w:p><w:r><w:t>&a9;</w:t></w:r></w:p>", head=head)
    assert "document type" in str(refusal(read))


def test_elements_without_end_in_a_word_document_cost_a_sentence(read, tmp_path):
    papers.word_with(tmp_path / "document", "<w:p>" * 3000 + "</w:p>" * 3000)
    assert "damaged Word document" in str(refusal(read))


def test_word_document_may_not_fetch_another_file(read, tmp_path):
    (tmp_path / "canary").write_text("secret")
    head = f'<!DOCTYPE d [<!ENTITY a SYSTEM "file://{tmp_path}/canary">]>'
    papers.word_with(tmp_path / "document", "<w:p><w:r><w:t>&a;</w:t></w:r></w:p>", head=head)
    assert "secret" not in str(refusal(read))


def test_archive_that_grows_too_large_is_refused(read, tmp_path):
    papers.word(tmp_path / "document")
    papers.changed(tmp_path / "document", {"word/document.xml": b" " * (80 << 20)})
    assert "would unpack" in str(refusal(read))


@pytest.mark.parametrize("member", ["[Content_Types].xml", "word/document.xml"])
def test_damaged_word_document_is_refused(read, tmp_path, member):
    papers.changed(papers.word(tmp_path / "document"), {member: b"<a><b></a>"})
    assert "damaged Word document" in str(refusal(read))


def test_workbook_is_no_word_document(read, tmp_path):
    types = b'<Types><Override PartName="/a" ContentType="application/x.spreadsheetml.sheet.main+xml"/></Types>'
    papers.changed(papers.word(tmp_path / "document"), {"[Content_Types].xml": types})
    assert "XLSX" in str(refusal(read))


@pytest.mark.parametrize("cut", [20, 200, 400, 700])
def test_cut_off_documents_cost_a_sentence(read, tmp_path, cut):
    for make in (papers.word, lambda path: papers.pdf(path, [[SENTENCE]])):
        content = make(tmp_path / "document").read_bytes()[:cut]
        with pytest.raises(UnreadableFile, match="document"):
            read(content)


def test_pdf_bomb_costs_a_sentence(read, tmp_path):
    papers.pdf_bomb(tmp_path / "document")
    assert "scanner" not in str(refusal(read))


def test_pdf_whose_pages_go_in_a_ring_costs_a_sentence(read, tmp_path):
    content = papers.pdf(tmp_path / "document", [[SENTENCE]]).read_bytes()
    assert "PDF" in str(refusal(read, content.replace(b"/Kids[6 0 R]", b"/Kids[2 0 R]")))


@pytest.mark.usefixtures("real_start")
@pytest.mark.parametrize("limits", [Limits(wall_s=0.01), Limits(memory_bytes=100 << 20)], ids=["wall", "memory"])
def test_limits_cost_one_sentence(read, tmp_path, limits):
    papers.word(tmp_path / "document")
    assert "document" in str(refusal(read, limits=limits))


@pytest.mark.usefixtures("real_start")
def test_nothing_is_left_behind(read, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    papers.pdf(tmp_path / "document", [[SENTENCE]])
    assert read(scratch=scratch).text == SENTENCE
    assert not list(scratch.iterdir())
