package dev.triptych.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CatalogDocumentTest {

    private static final String CATALOG = """
            # A header
            msgid ""
            msgstr ""
            "Content-Type: text/plain; charset=UTF-8\\n"
            "Plural-Forms: nplurals=2; plural=(n != 1);\\n"

            #. a comment
            #: main.c:12
            #, c-format
            msgctxt "menu"
            msgid "Open \\"%s\\""
            msgstr ""

            msgid "done"
            msgstr "fertig"

            msgid "%d file\\n"
            msgid_plural "%d files\\n"
            msgstr[0] ""
            msgstr[1] ""

            msgid ""
            "one\\n"
            "two"
            msgstr ""

            #~ msgid "old"
            #~ msgstr ""
            """;

    @Test
    void onlyWhatHasNoTranslationIsTranslatedAndMarkedForReview() throws DocumentException {
        Document catalog = parse(CATALOG);
        assertThat(texts(catalog)).containsExactly("Open \"%s\"", "%d file\n", "%d files\n", "one\ntwo");
        String expected = CATALOG.replace("#, c-format", "#, fuzzy, c-format")
                .replace("\\\"\"\nmsgstr \"\"", "\\\"\"\nmsgstr \"OPEN \\\"%s\\\"\"".replace("%s", "%S"))
                .replace("msgid \"%d file\\n\"", "#, fuzzy\nmsgid \"%d file\\n\"")
                .replace("msgstr[0] \"\"", "msgstr[0] \"%D FILE\\n\"")
                .replace("msgstr[1] \"\"", "msgstr[1] \"%D FILES\\n\"")
                .replace("msgid \"\"\n\"one", "#, fuzzy\nmsgid \"\"\n\"one")
                .replace("\"two\"\nmsgstr \"\"", "\"two\"\nmsgstr \"\"\n\"ONE\\n\"\n\"TWO\"");
        assertThat(render(catalog)).isEqualTo(expected);
    }

    @Test
    void aTranslationThatFailedLeavesItsMessageAsItWas() throws DocumentException {
        assertThat(new String(parse(CATALOG).render(i -> null), StandardCharsets.UTF_8))
                .isEqualTo(CATALOG);
    }

    @Test
    void aTranslatedCatalogHasNothingLeftToTranslate() throws DocumentException {
        assertThat(parse(render(parse(CATALOG))).size()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            msgid "a                 | line 1 has no text in quotes
            msgid "a" b              | line 1 has no text in quotes
            hello                    | line 1 is not gettext
            """)
    void whatIsNoCatalogIsRefusedWithItsLine(String content, String message) {
        assertThatThrownBy(() -> parse(content))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatIsWrittenIsReadAgain(int seed) throws DocumentException {
        Random random = new Random(seed);
        StringBuilder id = new StringBuilder();
        for (int i = 0; i < 1 + random.nextInt(12); i++) {
            id.append(List.of("a", "\\", "\"", "\n", "\t", "ö", "n", " ").get(random.nextInt(8)));
        }
        String quoted = id.toString()
                .replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("\n", "\\n")
                .replace("\t", "\\t");
        Document catalog = parse("msgid \"" + quoted + "\"\nmsgstr \"\"\n");
        assertThat(texts(catalog)).as("seed " + seed).containsExactly(id.toString());
        String rendered = new String(catalog.render(i -> id.toString()), StandardCharsets.UTF_8);
        Document swapped = parse(
                rendered.replace("#, fuzzy\n", "").replaceFirst("(?s)msgid .*msgstr ", "msgid ") + "msgstr \"\"\n");
        assertThat(texts(swapped)).as("seed " + seed).containsExactly(id.toString());
    }

    static IntStream seeds() {
        return IntStream.range(0, 200);
    }

    private static Document parse(String content) throws DocumentException {
        return Document.Format.PO.parse(content.getBytes(StandardCharsets.UTF_8));
    }

    private static String render(Document document) {
        return new String(document.render(i -> document.text(i).toUpperCase(Locale.ROOT)), StandardCharsets.UTF_8);
    }

    private static List<String> texts(Document document) {
        return IntStream.range(0, document.size()).mapToObj(document::text).toList();
    }
}
