package dev.triptych.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonLinesDocumentTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '!', textBlock = """
            {"id": 1.0, "text":"a \\"b\\""}          | {"id": 1.0, "text":"a \\"b\\"", "translation": "A \\"B\\""}
            {"source": "a", "x": null }            | {"source": "a", "x": null, "translation": "A"}
            {"text": "a", "source": "b"}           | {"text": "a", "source": "b", "translation": "A"}
            {"text": "a", "translation": "kept"}   | {"text": "a", "translation": "kept"}
            {"text": "a", "translation": ""}       | {"text":"a","translation":"A"}
            {"other": "a"}                         | {"other": "a"}
            {"text": 1}                            | {"text": 1}
            {"text": ""}                           | {"text": ""}
            """)
    void theTranslationIsAddedAndAllElseKept(String line, String expected) throws DocumentException {
        Document document = parse(line + "\n\n");
        String rendered = new String(
                document.render(i -> document.text(i).toUpperCase(java.util.Locale.ROOT)), StandardCharsets.UTF_8);
        assertThat(rendered).isEqualTo(expected + "\n\n");
    }

    @Test
    void aLineThatIsNoObjectIsNamed() {
        assertThatThrownBy(() -> parse("{}\n[1]\n"))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining("line 2");
        assertThatThrownBy(() -> parse("{}\n\n{\"a\n"))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining("line 3");
    }

    private static Document parse(String content) throws DocumentException {
        return Document.Format.JSONL.parse(content.getBytes(StandardCharsets.UTF_8));
    }
}
