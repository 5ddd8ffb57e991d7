package dev.triptych.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.vision.vit.VisionOptions;
import dev.triptych.vision.vit.VisionRequest;
import dev.triptych.wire.AttentionResult;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Attentions of a tiny ViT and a tiny YOLOS in ONNX Runtime against PyTorch's, and their rollout against NumPy's. */
@Timeout(60)
class AttentionGoldenIT {

    private static final String VIT = "vit-attention";

    private static final String YOLOS = "yolos";

    /** The same model whose own graph gives the attentions. */
    private static final String WITHIN = "within";

    @TempDir
    static Path folder;

    private static LoadedFixtures loaded;

    @BeforeAll
    static void load() throws IOException {
        Path within = TinyModels.copy(VIT, folder.resolve(WITHIN));
        Files.delete(within.resolve("onnx/model.onnx"));
        Files.move(within.resolve("onnx/attention_model.onnx"), within.resolve("onnx/model.onnx"));
        loaded = new LoadedFixtures(folder, VIT, YOLOS, "vit", "segformer");
    }

    @AfterAll
    static void close() {
        loaded.close();
    }

    static List<JsonNode> goldens() {
        return List.copyOf(TinyModels.golden(VIT, "golden-attention.json").values());
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void theRolloutEqualsNumpys(JsonNode golden) {
        for (String model : List.of(VIT, WITHIN)) {
            AttentionResult answer = ask(model, golden, OptionalInt.empty(), OptionalInt.empty());
            assertThat(answer.width()).isEqualTo(golden.get("width").intValue());
            assertThat(answer.grid()).containsExactly(4, 4);
            assertThat(answer.heads()).isNull();
            assertClose(answer.rollout(), golden.get("rollout"));
        }
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void headsEqualPyTorchs(JsonNode golden) {
        for (int layer = 0; layer < 3; layer++) {
            JsonNode expected = golden.get("heads").get(layer);
            AttentionResult answer = ask(VIT, golden, OptionalInt.of(layer), OptionalInt.empty());
            assertThat(answer.rollout()).isNull();
            assertThat(answer.heads()).hasSize(2);
            for (int head = 0; head < 2; head++) {
                assertThat(answer.heads().get(head).layer()).isEqualTo(layer);
                assertThat(answer.heads().get(head).head()).isEqualTo(head);
                assertClose(answer.heads().get(head).weights(), expected.get(head));
            }
            AttentionResult one = ask(WITHIN, golden, OptionalInt.of(layer), OptionalInt.of(1));
            assertThat(one.heads()).singleElement().satisfies(head -> assertClose(head.weights(), expected.get(1)));
        }
    }

    static List<JsonNode> largerGoldens() {
        return List.copyOf(TinyModels.golden(VIT, "golden-attention-48.json").values());
    }

    @ParameterizedTest
    @MethodSource("largerGoldens")
    void anotherSizeHasTheGridOfThatSize(JsonNode golden) {
        assertGolden(VIT, VIT, golden);
        assertGolden(WITHIN, VIT, golden);
    }

    static List<JsonNode> detectorGoldens() {
        return Stream.of("golden-attention.json", "golden-attention-96.json")
                .flatMap(file -> TinyModels.golden(YOLOS, file).values().stream())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("detectorGoldens")
    void aDetectorShowsWhatTheQueriesOfItsObjectsLookAt(JsonNode golden) {
        assertGolden(YOLOS, YOLOS, golden);
    }

    /** The rollout and every head of every layer. */
    private static void assertGolden(String model, String fixture, JsonNode golden) {
        OptionalInt size = golden.get("size").isNull()
                ? OptionalInt.empty()
                : OptionalInt.of(golden.get("size").intValue());
        byte[] picture = TinyModels.bytes(fixture, golden.get("image"));
        VisionOptions whole = new VisionOptions.Attention(OptionalInt.empty(), OptionalInt.empty());
        AttentionResult rollout = (AttentionResult) loaded.answer(new VisionRequest(model, picture, whole, size));
        assertThat(rollout.grid())
                .containsExactly(
                        golden.get("grid").get(0).intValue(),
                        golden.get("grid").get(1).intValue());
        assertClose(rollout.rollout(), golden.get("rollout"));
        for (int layer = 0; layer < golden.get("heads").size(); layer++) {
            VisionOptions one = new VisionOptions.Attention(OptionalInt.of(layer), OptionalInt.empty());
            AttentionResult heads = (AttentionResult) loaded.answer(new VisionRequest(model, picture, one, size));
            JsonNode expected = golden.get("heads").get(layer);
            assertThat(heads.heads()).hasSameSizeAs(expected);
            for (int head = 0; head < expected.size(); head++) {
                assertClose(heads.heads().get(head).weights(), expected.get(head));
            }
        }
    }

    @Test
    void attentionThatIsNotSquareIsNotGiven() {
        assertRejected(
                        "segformer",
                        goldens().getFirst(),
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        ErrorCode.INVALID_FIELD)
                .satisfies(e -> assertThat(e.getCause()).hasMessageContaining("[batch, heads, tokens, tokens]"));
    }

    @Test
    void withoutAModelNamedTheClassifierAnswers() {
        byte[] picture = TinyModels.bytes(VIT, goldens().getFirst().get("image"));
        VisionOptions whole = new VisionOptions.Attention(OptionalInt.empty(), OptionalInt.empty());
        AttentionResult answer = (AttentionResult) loaded.answer(new VisionRequest(null, picture, whole));
        assertThat(answer.model()).isEqualTo(VIT);
    }

    @Test
    void layersAndHeadsThatAreNotThereAreNamedWithTheirBound() {
        JsonNode golden = goldens().getFirst();
        assertRejected(VIT, golden, OptionalInt.of(3), OptionalInt.empty(), ErrorCode.INVALID_FIELD)
                .satisfies(e -> assertThat(e.getCause()).hasMessage("layer must be from 0 to 2, got 3"));
        assertRejected(VIT, golden, OptionalInt.of(0), OptionalInt.of(2), ErrorCode.INVALID_FIELD)
                .satisfies(e -> assertThat(e.getCause()).hasMessage("head must be from 0 to 1, got 2"));
        assertRejected("vit", golden, OptionalInt.empty(), OptionalInt.empty(), ErrorCode.INVALID_FIELD)
                .satisfies(e -> assertThat(e.getCause()).hasMessageContaining("no attention outputs"));
        assertRejected("nope", golden, OptionalInt.empty(), OptionalInt.empty(), ErrorCode.MODEL_NOT_FOUND);
        assertThatExceptionOfType(TriptychException.Rejected.class)
                .isThrownBy(() -> new VisionOptions.Attention(OptionalInt.empty(), OptionalInt.of(1)))
                .withMessageContaining("head needs layer");
    }

    private static AttentionResult ask(String model, JsonNode golden, OptionalInt layer, OptionalInt head) {
        return (AttentionResult) loaded.answer(
                model, TinyModels.bytes(VIT, golden.get("image")), new VisionOptions.Attention(layer, head));
    }

    private static ThrowableAssertAlternative<CompletionException> assertRejected(
            String model, JsonNode golden, OptionalInt layer, OptionalInt head, ErrorCode code) {
        return assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> ask(model, golden, layer, head))
                .satisfies(e ->
                        assertThat(((TriptychException) e.getCause()).code()).isEqualTo(code));
    }

    private static void assertClose(List<Float> weights, JsonNode expected) {
        assertThat(weights).hasSameSizeAs(expected);
        for (int i = 0; i < weights.size(); i++) {
            assertThat(weights.get(i)).isCloseTo(expected.get(i).floatValue(), within(1e-4f));
        }
    }
}
