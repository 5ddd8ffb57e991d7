package dev.triptych.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SubtitleDocumentTest {

    private static final String SUBTITLES = """
            1
            00:00:01,000 --> 00:00:04,000
            We open the file
            and read it.

            2
            00:00:05,000 --> 00:00:07,500 X1:10
            {\\an8}- Who is it?
            - Me.

            3
            00:01:00,000 --> 00:01:02,000

            """;

    @Test
    void aCuesLinesAreOneTextUnlessTwoPeopleSpeak() throws DocumentException {
        Document document = parse(SUBTITLES);
        assertThat(IntStream.range(0, document.size()).mapToObj(document::text))
                .containsExactly("We open the file and read it.", "- Who is it?\n- Me.");
    }

    @Test
    void numbersTimesAndPositionsStayAndLongTranslationsAreBroken() throws DocumentException {
        String translated = new String(
                parse(SUBTITLES)
                        .render(i -> i == 0
                                ? "Wir öffnen diese sehr große Datei und lesen sie dann von vorn bis hinten."
                                : "- Wer ist da?\n- Ich."),
                StandardCharsets.UTF_8);
        assertThat(translated).isEqualTo("""
                1
                00:00:01,000 --> 00:00:04,000
                Wir öffnen diese sehr große Datei und
                lesen sie dann von vorn bis hinten.

                2
                00:00:05,000 --> 00:00:07,500 X1:10
                {\\an8}- Wer ist da?
                - Ich.

                3
                00:01:00,000 --> 00:01:02,000

                """);
    }

    @Test
    void windowsLineEndsAndAMissingLastOneStay() throws DocumentException {
        String source = "1\r\n00:00:01,000 --> 00:00:02,000\r\nOne";
        assertThat(new String(parse(source).render(i -> "Eins"), StandardCharsets.UTF_8))
                .isEqualTo(source.replace("One", "Eins"));
    }

    @Test
    void whatHasNoTimesIsRefused() {
        assertThatThrownBy(() -> parse("Hello\n"))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining("-->");
    }

    private static Document parse(String content) throws DocumentException {
        return Document.Format.SRT.parse(content.getBytes(StandardCharsets.UTF_8));
    }
}
