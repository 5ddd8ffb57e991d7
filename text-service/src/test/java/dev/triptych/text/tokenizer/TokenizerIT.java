package dev.triptych.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.testkit.Fixtures;
import dev.triptych.text.model.Vocabularies;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Real tokenizers: Unigram (marian), BPE with byte fallback (m2m_100), byte-level BPE (gpt2). */
class TokenizerIT {

    private static final String NOT_LATIN = "Öl, naïve – 漢字 and 😀👩‍🚀 in one Zeile.";

    @ParameterizedTest
    @ValueSource(strings = {"marian", "m2m_100", "gpt2"})
    void idsAndTextsEqualHuggingFaces(String model) {
        try (Tokenizer tokenizer = open(model)) {
            for (JsonNode golden : JsonMapper.shared()
                    .readTree(Fixtures.path(model + "/golden-tokenizer.json").toFile())) {
                List<Integer> ids = new ArrayList<>();
                golden.get("ids").forEach(id -> ids.add(id.intValue()));
                assertThat(tokenizer.encode(golden.get("text").stringValue())).isEqualTo(ids);
                assertThat(tokenizer.decode(ids))
                        .isEqualTo(golden.get("decoded").stringValue());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"marian,1", "marian,2", "m2m_100,1", "m2m_100,2", "m2m_100,3", "gpt2,1", "gpt2,2", "gpt2,3"})
    void streamedTextJoinedIsTheFinalText(String model, long seed) {
        try (Tokenizer tokenizer = open(model)) {
            Random random = new Random(seed);
            for (int round = 0; round < 60; round++) {
                List<Integer> ids = random.ints(
                                1 + random.nextInt(40), 0, tokenizer.tokens().size())
                        .boxed()
                        .toList();
                assertThat(String.join("", stream(tokenizer, ids)))
                        .as("seed %d, ids %s", seed, ids)
                        .isEqualTo(tokenizer.decode(ids));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"m2m_100", "gpt2"})
    void noPieceHoldsHalfACharacter(String model) {
        try (Tokenizer tokenizer = open(model)) {
            List<Integer> ids = tokenizer.encode(NOT_LATIN);
            List<String> pieces = stream(tokenizer, ids);
            assertThat(String.join("", pieces)).isEqualTo(NOT_LATIN);
            assertThat(pieces).noneMatch(piece -> piece.contains("\uFFFD"));
            assertThat(pieces).noneMatch(TokenizerIT::endsInAHalf);
            // Fewer pieces than tokens carry text: those that only begin a character are empty.
            assertThat(pieces).hasSizeGreaterThan(10).contains("");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"marian", "m2m_100", "t5", "gpt2"})
    void aContinuationKeepsTheSpaceBeforeItsFirstWord(String model) {
        try (Tokenizer tokenizer = new ContinuingTokenizer(open(model))) {
            String text = "Open the file and save a copy.";
            List<Integer> ids = tokenizer.encode(text).stream()
                    .filter(id -> !tokenizer.tokens().isSpecial(id))
                    .toList();
            for (int cut = 1; cut < ids.size(); cut++) {
                String joined = tokenizer.decode(ids.subList(0, cut)) + tokenizer.decode(ids.subList(cut, ids.size()));
                assertThat(joined.strip()).as("cut after %d tokens", cut).isEqualTo(text);
            }
            assertThat(String.join("", stream(tokenizer, ids))).isEqualTo(tokenizer.decode(ids));
        }
    }

    private static boolean endsInAHalf(String piece) {
        return !piece.isEmpty() && Character.isHighSurrogate(piece.charAt(piece.length() - 1));
    }

    private static List<String> stream(Tokenizer tokenizer, List<Integer> ids) {
        IncrementalDetokenizer stream = new IncrementalDetokenizer(tokenizer);
        List<String> pieces = new ArrayList<>();
        for (int id : ids) {
            pieces.add(stream.add(id));
        }
        pieces.add(stream.end());
        return pieces;
    }

    private static Tokenizer open(String model) {
        ModelPackage modelPackage = ModelPackage.open(Fixtures.path(model));
        return NativeTokenizer.load(modelPackage.directory().resolve("tokenizer.json"), Vocabularies.of(modelPackage));
    }
}
