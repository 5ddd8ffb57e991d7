"""The readers of the corpus on small texts of our own, each with the fault it once had."""

import gzip
import struct
from collections import Counter
from pathlib import Path

import pytest

from foundry.corpora import archive, build, catalogs, descriptions, dictionary, docbook, htmldocs, manpages, roff
from foundry.corpora.align import Segment, align
from foundry.corpora.clean import fault, normalized
from foundry.corpora.sentences import block_pairs, sentence_pairs, split_sentences
from foundry.corpora.split import HeldOutText, held_out_documents, split
from foundry.corpus import Pair, read_pairs


def test_control_records_keep_their_continuation_lines() -> None:
    lines = ["Package: a\n", "Description-de: Titel\n", " Text.\n", " .\n", "\n", "Package: b\n"]
    assert list(archive.parse_records(lines)) == [{"Package": "a", "Description-de": "Titel\n Text.\n ."}, {"Package": "b"}]


def test_a_machine_without_apt_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(archive.ArchiveUnavailable, match="apt-get is missing"):
        archive.Archive(tmp_path / "apt").refresh()


SHORT_SOURCE, SHORT_TARGET = "Short.", "Ein kurzer Satz."
LONG_SOURCE = "This sentence is a good deal longer than the others around it, because it has more to say."
LONG_TARGET = "Dieser Satz ist ein gutes Stück länger als die anderen um ihn herum, weil er mehr zu sagen hat."


@pytest.mark.parametrize(("english", "german", "bead"), [
    ([LONG_SOURCE, "The translator left this one out, whatever the reason may have been, and nobody noticed it for years.", SHORT_SOURCE], [LONG_TARGET, SHORT_TARGET], ([1], [])),
    ([LONG_SOURCE, LONG_SOURCE, SHORT_SOURCE], [f"{LONG_TARGET[:-1]}; {LONG_TARGET}", SHORT_TARGET], ([0, 1], [0])),
    ([f"{LONG_SOURCE[:-1]}; {LONG_SOURCE}", SHORT_SOURCE], [LONG_TARGET, LONG_TARGET, SHORT_TARGET], ([0], [0, 1])),
])
def test_alignment_finds_what_was_left_out_merged_and_split(english: list[str], german: list[str], bead: tuple) -> None:
    beads = [(list(rows), list(columns)) for rows, columns in align([Segment(t) for t in english], [Segment(t) for t in german])]
    assert bead in beads
    assert sum((rows for rows, _ in beads), []) == list(range(len(english)))
    assert sum((columns for _, columns in beads), []) == list(range(len(german)))


def test_blocks_of_different_kinds_are_never_paired() -> None:
    beads = align([Segment("A heading", "SH"), Segment("Some text.", "P")], [Segment("Etwas Text.", "P")])
    assert (range(1, 2), range(0, 1)) in beads


def test_sections_are_aligned_apart_where_their_headings_agree() -> None:
    english = [Segment("One", "h1"), Segment("First text.", "p"), Segment("Two", "h1"), Segment("An item", "li"), Segment("Second text.", "p")]
    german = [Segment("Eins", "h1"), Segment("Ein Text zu viel.", "td"), Segment("Erster Text.", "p"), Segment("Zwei", "h1"), Segment("Ein Eintrag", "li"),
              Segment("Zweiter Text.", "p")]
    assert list(block_pairs(english, german)) == [
        ("One", "Eins"), ("First text.", "Erster Text."), ("Two", "Zwei"), ("An item", "Ein Eintrag"), ("Second text.", "Zweiter Text.")]


def test_anchors_outweigh_length() -> None:
    english = [f"Use {option} to choose what the program shows when it starts." for option in ("--all", "--help", "--top")]
    german = ["Mit --help wählen Sie, was das Programm zeigt.", "Mit --top wählen Sie, was das Programm beim Start als Erstes zeigen soll."]
    beads = align([Segment(text) for text in english], [Segment(text) for text in german])
    assert beads == [(range(0, 1), range(0, 0)), (range(1, 2), range(0, 1)), (range(2, 3), range(1, 2))]


@pytest.mark.parametrize(("text", "sentences"), [
    ("It works. Now go on.", ["It works.", "Now go on."]),
    ("Use e.g. Debian. Or z. B. Ubuntu.", ["Use e.g. Debian.", "Or z. B. Ubuntu."]),
    ("Am 3. Mai kam Nr. 5 an.", ["Am 3. Mai kam Nr. 5 an."]),
    ("Really? “Yes.” So be it", ["Really?", "“Yes.”", "So be it"]),
])
def test_sentences_end_where_a_reader_would_end_them(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences


def test_as_many_sentences_are_paired_in_order() -> None:
    assert list(sentence_pairs("One. Two is longer.", "Eins. Zwei ist länger.")) == [("One.", "Eins."), ("Two is longer.", "Zwei ist länger.")]


@pytest.mark.parametrize(("escaped", "plain"), [
    (r"f\[:u]r \(:Uber \[u00E4]", "für Über ä"), (r"Stra\[ss]e, Stra\(sse", "Straße, Straße"), (r"\fB\-\-all\fP and \fIx\fR", "--all and x"),
    (r"it\(aqs \*(Aq \(lqa\(rq", "it's ' “a”"), (r"busses\&. \s-1GNU\s0", "busses. GNU"), ("text \\\" remark", "text "),
    (r"a\~b\ c\:d\%e", "a b cde"), (r"\(Zz", "\ufffd"),
])
def test_roff_escapes_become_characters(escaped: str, plain: str) -> None:
    assert roff.unescape(escaped) == plain


PAGE = r""".TH X 1
.ie \n(.g .ds Aq \(aq
.el .ds Aq '
.de XX
.B macro body
..
.SH NAME
x \- does it
.SH "DESCRIPTION"
.ds PR \fBthe program\fR
.PP
\fBx\fR, \*(PR,
does
.BR y (1)
and
.MR z 3
well\&.
.TP
.B \-a
All
of it\&.
.nf
code here
.fi
.IP "\(bu" 2
An item.
"""


def test_a_page_becomes_blocks_of_running_text() -> None:
    assert [(block.kind, block.text) for block in roff.read_page(PAGE)] == [
        ("SH", "NAME"), ("P", "x - does it"), ("SH", "DESCRIPTION"), ("P", "x, the program, does y(1) and z(3) well."), ("T", "-a"), ("P", "All of it."),
        ("P", "An item."),
    ]


def test_a_page_that_points_elsewhere_is_refused() -> None:
    with pytest.raises(roff.UnreadablePage):
        roff.read_page(".so man1/other.1\n")


def test_latin1_pages_are_read_and_a_closing_section_on_the_translation_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "x.1.gz"
    path.write_bytes(gzip.compress(".SH BESCHREIBUNG\nLöscht alles.\n.SH ÜBERSETZUNG\nVon jemandem.\n".encode("iso-8859-1")))
    english = roff.read_page(".SH DESCRIPTION\nDeletes all.\n")
    assert list(manpages.page_pairs(english, manpages.read(path))) == [("DESCRIPTION", "BESCHREIBUNG"), ("Deletes all.", "Löscht alles.")]


def test_descriptions_pair_paragraphs_and_items_but_no_verbatim_text() -> None:
    english = "a tool\n It runs\n fast. It is small.\n .\n  verbatim x\n .\n  * one item\n    goes on"
    german = "ein Werkzeug\n Es läuft\n schnell. Es ist klein.\n .\n  wörtlich x\n .\n  * ein Punkt\n    geht weiter"
    assert list(descriptions.description_pairs(english, german)) == [
        ("a tool", "ein Werkzeug"), ("It runs fast.", "Es läuft schnell."), ("It is small.", "Es ist klein."),
        ("one item goes on", "ein Punkt geht weiter"),
    ]


def test_keys_of_several_systems_are_not_joined(tmp_path: Path) -> None:
    page = tmp_path / "x.html"
    page.write_text(
        '<html><body><div id="DisplayArea"><p id="par_1">Press <span class="switchinline"><span hidden="true" class="MAC"><span>Befehl'
        '</span></span><span hidden="true"><span>Strg</span></span></span>+<span>A</span>, see <a href="y.html">Über Y</a>.</p></div></body></html>',
        encoding="utf-8")
    assert htmldocs._texts_by_id(page) == {"par_1": "Press Strg+A, see Über Y."}


def test_navigation_and_code_are_no_text(tmp_path: Path) -> None:
    page = tmp_path / "x.html"
    page.write_text('<html><head><title>t</title></head><body><div class="toc"><p>no</p></div><h1>Head<a class="headerlink" href="#h">¶</a></h1><p>One <b>two</b><pre>code</pre></p>'
                    "<ul><li>item</li></ul></body></html>", encoding="utf-8")
    assert [segment.text for segment in htmldocs.read_html(page)] == ["Head", "One two", "item"]


@pytest.mark.parametrize(("german", "english"), [
    ("usr/share/doc/debian-handbook/html/de-DE/a.html", "usr/share/doc/debian-handbook/html/en-US/a.html"),
    ("usr/share/debian-reference/ch01.de.html", "usr/share/debian-reference/ch01.en.html"),
    ("usr/share/doc/debian/FAQ/de/a.de.html", "usr/share/doc/debian/FAQ/a.en.html"),
    ("usr/share/doc/lilypond/html/Documentation/web/web.de.html", "usr/share/doc/lilypond/html/Documentation/web/web.html"),
    ("usr/share/doc/maint-guide-de/html/update.de.html", "usr/share/doc/maint-guide/html/update.en.html"),
    ("usr/share/doc/debian-edu-doc-de/manual.html", "usr/share/doc/debian-edu-doc-en/manual.html"),
    ("usr/share/developers-reference/de/tools.html", "usr/share/developers-reference/tools.html"),
])
def test_german_pages_know_their_english_twin(german: str, english: str) -> None:
    assert english in htmldocs.english_candidates(german)


def test_documents_have_no_language() -> None:
    assert htmldocs.document("usr/share/doc/debian/FAQ/de/a.de.html") == "debian/FAQ/a.html"
    assert htmldocs.document("usr/share/gimp/2.0/help/de/a.html") == "a.html"


BOOK = """<?xml version="1.0"?>
<!DOCTYPE book [<!ENTITY app "&kigo; &eg; Go"> <!ENTITY % German "INCLUDE">]>
<book><title>&app;</title><chapter id="c"><title>Menus &amp; keys</title><para>See <xref linkend="c"/> and <ulink url="http://x.org"/>.
<programlisting>code</programlisting></para><para>Press <keycombo><!-- keys --><keycap>Ctrl</keycap><keycap>A</keycap></keycombo>, lost <xref linkend="no"/>.</para>
</chapter></book>"""


def test_docbook_resolves_entities_keys_and_references(tmp_path: Path) -> None:
    (tmp_path / "index.docbook").write_text(BOOK, encoding="utf-8")
    found = docbook.read_folder(tmp_path, {"eg": "e.g."})["index.docbook"]
    assert [segment.text for segment in found] == [
        "Kigo e.g. Go", "Menus & keys", "See Menus & keys and http://x.org.", "Press Ctrl+A, lost \ufffc."]
    assert fault(Pair(found[3].text, "Drücken Sie Strg+A, verloren \ufffc.", "kdedoc:x")) == "reference dropped"


def test_mallard_links_read_as_the_titles_they_point_to(tmp_path: Path) -> None:
    (tmp_path / "a.page").write_text('<page xmlns="http://projectmallard.org/1.0/" id="a"><info><link type="guide" xref="b"/><desc>D.</desc></info>'
                                     '<title>A</title><p>Go to <link xref="b"/>.</p></page>', encoding="utf-8")
    (tmp_path / "b.page").write_text('<page xmlns="http://projectmallard.org/1.0/" id="b"><title>The other</title></page>', encoding="utf-8")
    assert [segment.text for segment in docbook.read_folder(tmp_path, {})["a.page"]] == ["D.", "A", "Go to The other."]


def compiled(messages: dict[str, str], charset: str) -> bytes:
    """A ``.mo`` file as msgfmt writes it."""
    rows = sorted({"": f"Content-Type: text/plain; charset={charset}\n", **messages}.items())
    ids, values = [key.encode(charset) for key, _ in rows], [value.encode(charset) for _, value in rows]
    table, at = [], 28 + 16 * len(rows)
    for text in ids + values:
        table += [len(text), at]
        at += len(text) + 1
    head = struct.pack("<7I", 0x950412DE, 0, len(rows), 28, 28 + 8 * len(rows), 0, 0)
    return head + struct.pack(f"<{len(table)}I", *table) + b"".join(text + b"\0" for text in ids + values)


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
def test_catalogs_are_read_in_the_encoding_of_their_header(tmp_path: Path, charset: str) -> None:
    path = tmp_path / "x.mo"
    path.write_bytes(compiled({"&Open %s": "%s ö&ffnen", "one file\0many files": "eine Datei\0viele Dateien", "a\x04Save _as": "Speichern _unter"}, charset))
    pairs = {(pair.source, pair.target) for pair in catalogs.read_catalog(path, "mo_ui:x")}
    assert pairs == {("Open %s", "%s öffnen"), ("one file", "eine Datei"), ("many files", "viele Dateien"), ("Save as", "Speichern unter")}


def test_a_catalog_that_lies_about_its_encoding_gives_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.mo"
    path.write_bytes(compiled({"open": "öffnen"}, "iso-8859-1").replace(b"iso-8859-1", b"utf-8     "))
    assert catalogs.read_catalog(path, "mo_ui:x") == []


def test_messages_whose_placeholders_differ_are_left_out() -> None:
    assert list(catalogs.message_pairs("Read %d of %s", "Von %s gelesen")) == []
    assert list(catalogs.message_pairs("First.\n\nSecond.", "Erstens.\nZweitens.")) == [("First.", "Erstens."), ("Second.", "Zweitens.")]


def test_dictionary_entries_lose_their_grammar() -> None:
    line = "Abholung {f}; Abholen {n} (von etw.) | zur Abholung bereit [comm.] :: collection; pick-up (of sth.) | ready for collection"
    assert list(dictionary.entry_pairs(line)) == [("collection", "Abholung"), ("ready for collection", "zur Abholung bereit")]


@pytest.mark.parametrize(("source", "target", "name"), [
    ("Press CommandCtrl+A now.", "Drücken Sie jetzt Strg+A.", "joined keys"),
    ("For more, see .", "Mehr dazu siehe .", "reference dropped"),
    ("It uses fork() and (1) here.", "Es nutzt fork() und (1) hier.", None),
    ("The file in .tar form is here.", "Die Datei in .tar-Form ist hier.", None),
    ("You can see the list of all files here.", "You can see the list of all files there.", "untranslated"),
    ("Paste", "Paste", "identical"),
    ("The \"Blend\" options, on the left", "The „Blend“ options – on the left", "identical"),
])
def test_faults_of_an_extraction_are_named(source: str, target: str, name: str | None) -> None:
    assert fault(normalized(Pair(source, target, "man:x"))) == name


def test_normalizing_composes_and_removes_what_cannot_be_seen() -> None:
    assert normalized(Pair("a\u00a0 b", "u\u0308ber\u00adall\u200b", "man:x")) == Pair("a b", "überall", "man:x")


def test_a_document_that_lost_its_umlauts_is_left_out_whole() -> None:
    broken = [Pair(f"You can do this {i} times.", f"Sie knnen dies {i} Mal tun.", "debdocs:a") for i in range(3)]
    other = Pair("It is larger than that.", "Es ist grer als das.", "debdocs:a")
    good = Pair("It is larger than that.", "Es ist größer als das.", "debdocs:b")
    counts: Counter[tuple[str, str]] = Counter()
    assert build.clean([*broken, other, good], counts) == [good]
    assert counts["debdocs", "eaten umlaut"] == 3 and counts["debdocs", "document without umlauts"] == 1


def test_near_duplicates_of_held_out_text_stay_out_on_either_side() -> None:
    held = Pair("the quick brown fox jumps over the lazy dog", "der schnelle braune Fuchs springt über den faulen Hund", "man:a")
    known = HeldOutText([held])
    assert known.resembles(Pair("the quick brown fox jumps over the lazy cat", "ganz etwas anderes, das niemand kennt", "man:b"))
    assert known.resembles(Pair("something else that nobody has ever read", "der schnelle braune Fuchs springt über den Zaun", "man:b"))
    assert not known.resembles(Pair("the quick brown bear sleeps all winter long", "der schnelle braune Bär schläft den ganzen Winter", "man:b"))


def test_the_split_honors_the_list_and_counts_what_it_leaves_out() -> None:
    held = Pair("open the file and save it", "die Datei öffnen und speichern", "man:a")
    other = Pair("close all the windows of the program", "alle Fenster des Programms schließen", "man:b")
    counts: dict[tuple[str, str], int] = {}
    pairs = [held, Pair("short", "kurz", "man:a"), other, other, Pair(held.source, held.target, "man:b")]
    last = Pair("print the last page of the book", "die letzte Seite des Buchs drucken", "man:c")
    parts = split([*pairs, last], {"dev": frozenset({"man:a"}), "test": frozenset({"man:c"})}, counts)
    assert parts == {"train": [other], "dev": [held], "test": [last]}
    assert counts == {("man", "held out, short"): 1, ("man", "duplicate"): 1, ("man", "near-duplicate of held-out text"): 1}


def test_the_committed_lists_name_documents_and_no_text() -> None:
    parts = held_out_documents()
    assert len(parts["dev"]) > 200 and not parts["dev"] & parts["test"]
    assert all(name.split(":")[0] in build.SOURCES and " " not in name for part in parts.values() for name in part)


def test_a_source_is_extracted_once_and_the_result_is_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def source(_: object):
        calls.append(1)
        yield "package", [Pair("open the  file now", "jetzt die Datei öffnen", "man:x"), Pair("x", "", "man:x")], ""

    monkeypatch.setattr(build, "SOURCES", {"man": source})
    monkeypatch.setattr(archive.Archive, "refresh", lambda self: None)
    build.build(tmp_path, ["man"])
    first = (tmp_path / "train.tsv.gz").read_bytes()
    build.build(tmp_path, ["man"])
    assert calls == [1] and (tmp_path / "train.tsv.gz").read_bytes() == first
    assert list(read_pairs(tmp_path / "train.tsv.gz")) == [Pair("open the file now", "jetzt die Datei öffnen", "man:x")]
    assert "man: left out: 1 empty" in (tmp_path / "report.txt").read_text()
