package dev.triptych.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextDocumentTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "one",
                "one\n",
                "one\ntwo",
                "one\r\ntwo\r\n",
                "one\rtwo\r",
                "\r\n\r\n",
                "\n\r",
                "a\r\r\nb\n\n",
                "  indented\t\n\t\n \u3000wide\u3000 \n",
                "\uFEFFwith a mark\r\n",
                "\uFEFF",
                "emoji \uD83D\uDE00 and \u0000 nul\n"
            })
    void renderingWithoutTranslationsGivesTheSameBytes(String content) throws DocumentException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);

        assertThat(TextDocument.parse(bytes).render(line -> null)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anyMixOfLineEndsAndWhiteSpaceSurvives(long seed) throws DocumentException {
        Random random = new Random(seed);
        String alphabet = "ab \t\r\n\uFEFF\u00e4\u2028";
        StringBuilder content = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            content.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        byte[] bytes = content.toString().getBytes(StandardCharsets.UTF_8);

        assertThat(TextDocument.parse(bytes).render(line -> null))
                .as("seed %d", seed)
                .isEqualTo(bytes);
    }

    @Test
    void aLineStaysALineWhateverAModelWrites() throws DocumentException {
        assertThat(new String(parse(" one\n").render(i -> "\neins\r\n zwei\n"), StandardCharsets.UTF_8))
                .isEqualTo(" eins zwei\n");
    }

    @Test
    void onlyTextsAreReplaced() throws DocumentException {
        TextDocument document = parse("\uFEFFone\r\n\r\n\t two \nthree");

        assertThat(new String(document.render(line -> "L" + line), StandardCharsets.UTF_8))
                .isEqualTo("\uFEFFL0\r\n\r\n\t L2 \nL3");
    }

    @Test
    void blankLinesAreKnown() throws DocumentException {
        assertThat(parse("one\n \t\n\ntwo").lines())
                .extracting(TextDocument.Line::blank)
                .containsExactly(false, true, true, false);
    }

    @Test
    void bytesThatAreNotUtf8AreNamedWithTheirLine() {
        byte[] latin1 = "one\ntwo\nM\u00fcnchen\n".getBytes(StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> TextDocument.parse(latin1))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining("line 3")
                .hasMessageContaining("0xFC")
                .hasMessageContaining("offset 9");
    }

    @Test
    void aCharacterCutOffAtTheEndIsNotUtf8() {
        byte[] cut = {'o', 'k', '\n', (byte) 0xC3};

        assertThatThrownBy(() -> TextDocument.parse(cut)).hasMessageContaining("line 2");
    }

    private static TextDocument parse(String content) throws DocumentException {
        return TextDocument.parse(content.getBytes(StandardCharsets.UTF_8));
    }
}
