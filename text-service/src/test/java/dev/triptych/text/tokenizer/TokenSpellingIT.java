package dev.triptych.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.testkit.Fixtures;
import dev.triptych.text.model.Vocabularies;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of tokens, joined, against the texts that the tokenizer library reads and writes. */
class TokenSpellingIT {

    private static final String TEXT = "Öl, naïve – 漢字 and 😀👩‍🚀 in  one\n\tZeile; \"x\\y\"\u0000\u007f.";

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama", "qwen2", "qwen3", "bart"})
    void bytesOfAByteLevelVocabularyAreTheTexts(String model) {
        ModelPackage modelPackage = ModelPackage.open(Fixtures.path(model));
        try (Tokenizer tokenizer = open(modelPackage)) {
            assertThat(joined(tokenizer, tokenizer.encodeBare(TEXT))).isEqualTo(TEXT);
            assertThat(singleBytes(tokenizer)).isEqualTo(256);
        }
    }

    @Test
    void bytesOfASentencePieceVocabularyAreTheTexts(@TempDir Path folder) throws IOException {
        String bytes = IntStream.range(0, 256)
                .mapToObj(value -> String.format("\"<0x%02X>\":%d", value, 3 + value))
                .collect(Collectors.joining(","));
        Files.writeString(folder.resolve("config.json"), "{\"model_type\":\"llama\"}");
        Files.writeString(folder.resolve("tokenizer.json"), """
                {"version":"1.0","truncation":null,"padding":null,
                 "added_tokens":[{"id":1,"content":"<s>","single_word":false,"lstrip":false,"rstrip":false,
                                  "normalized":false,"special":true}],
                 "normalizer":{"type":"Replace","pattern":{"String":" "},"content":"\\u2581"},
                 "pre_tokenizer":null,"post_processor":null,
                 "decoder":{"type":"Sequence","decoders":[
                   {"type":"Replace","pattern":{"String":"\\u2581"},"content":" "},
                   {"type":"ByteFallback"},{"type":"Fuse"}]},
                 "model":{"type":"BPE","dropout":null,"unk_token":"<unk>","continuing_subword_prefix":null,
                   "end_of_word_suffix":null,"fuse_unk":true,"byte_fallback":true,
                   "vocab":{"<unk>":0,"<s>":1,"</s>":2,%s,"\\u2581":259,"a":260,"\\u2581a":261,"n":262,"d":263},
                   "merges":["\\u2581 a"]}}
                """.formatted(bytes));
        ModelPackage modelPackage = ModelPackage.open(folder);
        try (Tokenizer tokenizer = open(modelPackage)) {
            List<Integer> ids = tokenizer.encodeBare(TEXT);
            assertThat(ids).contains(261, 3 + 0xC3);
            assertThat(joined(tokenizer, ids)).isEqualTo(TEXT).isEqualTo(tokenizer.decode(ids));
            assertThat(tokenizer.tokens().spellings().get(1)).isEmpty();
            assertThat(singleBytes(tokenizer)).isEqualTo(256);
        }
    }

    @Test
    void aVocabularyThatDoesNotSayHowItIsSpelledSpellsNothing() {
        ModelPackage modelPackage = ModelPackage.open(Fixtures.path("bert"));
        assertThat(Vocabularies.of(modelPackage).spellings())
                .allSatisfy(bytes -> assertThat(bytes).isEmpty());
    }

    private static long singleBytes(Tokenizer tokenizer) {
        return tokenizer.tokens().spellings().stream()
                .filter(bytes -> bytes.length == 1)
                .map(bytes -> bytes[0])
                .distinct()
                .count();
    }

    private static String joined(Tokenizer tokenizer, List<Integer> ids) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ids.forEach(id -> bytes.writeBytes(tokenizer.tokens().spellings().get(id)));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static Tokenizer open(ModelPackage modelPackage) {
        return NativeTokenizer.load(modelPackage.directory().resolve("tokenizer.json"), Vocabularies.of(modelPackage));
    }
}
