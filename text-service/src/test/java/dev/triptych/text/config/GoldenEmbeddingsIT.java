package dev.triptych.text.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.testkit.Checkout;
import dev.triptych.testkit.Fixtures;
import dev.triptych.text.generation.EmbeddingOutcome;
import dev.triptych.text.generation.EmbeddingRequest;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.runtime.ModelRegistry;
import dev.triptych.text.runtime.RuntimeListener;
import dev.triptych.text.runtime.Submission;
import dev.triptych.text.runtime.TextEmbedder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Served vectors against those of PyTorch, and of onnxruntime in Python for MiniLM. */
class GoldenEmbeddingsIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Of the int8 graph, runs of one runtime with and without its fusions are up to 0.0073 apart: single roundings. */
    @ParameterizedTest
    @CsvSource({
        "bert, 1e-5",
        "longformer, 1e-5",
        "big_bird, 1e-5",
        "all-minilm-l6-v2, 1e-2",
        "triptych-long-longformer, 1e-5",
        "triptych-long-full, 1e-5"
    })
    void vectorsAreTheExpectedOnesAloneAndTogether(String name, float tolerance) {
        JsonNode goldens = JSON.readTree(
                Fixtures.path(name).resolve("golden-embeddings.json").toFile());
        try (ModelRegistry models = TestEngines.open(repository(name), RuntimeListener.NONE)) {
            TextEmbedder embedder = models.embedder(name).orElseThrow(() -> new AssertionError(models.list()));
            List<CompletableFuture<float[]>> together = new ArrayList<>();
            for (JsonNode golden : goldens) {
                List<Integer> ids = embedder.encode(golden.path("text").stringValue());
                assertThat(ids)
                        .isEqualTo(golden.path("input_ids")
                                .valueStream()
                                .map(JsonNode::intValue)
                                .toList());
                together.add(embed(embedder, ids));
            }
            for (int i = 0; i < goldens.size(); i++) {
                float[] expected = floats(goldens.get(i).path("mean_pooled_normalized"));
                float[] batched =
                        together.get(i).orTimeout(60, TimeUnit.SECONDS).join();
                float[] alone = embed(
                                embedder,
                                embedder.encode(goldens.get(i).path("text").stringValue()))
                        .orTimeout(60, TimeUnit.SECONDS)
                        .join();
                assertThat(embedder.dimensions()).isEqualTo(expected.length);
                assertThat(farthest(batched, expected))
                        .as("text %d in a batch", i)
                        .isLessThan(tolerance);
                assertThat(farthest(alone, batched)).as("text %d alone", i).isLessThan(1e-6f);
            }
        }
    }

    private static CompletableFuture<float[]> embed(TextEmbedder embedder, List<Integer> ids) {
        CompletableFuture<float[]> vector = new CompletableFuture<>();
        EmbeddingRequest request =
                new EmbeddingRequest(UUID.randomUUID().toString(), ids, Priority.INTERACTIVE, Optional.empty());
        Submission submission = embedder.submit(request, outcome -> {
            if (outcome instanceof EmbeddingOutcome.Embedded embedded) {
                vector.complete(embedded.vector());
            } else {
                vector.completeExceptionally(new AssertionError(outcome));
            }
        });
        assertThat(submission).isInstanceOf(Submission.Accepted.class);
        return vector;
    }

    private static float farthest(float[] one, float[] other) {
        float farthest = 0;
        for (int i = 0; i < one.length; i++) {
            farthest = Math.max(farthest, Math.abs(one[i] - other[i]));
        }
        return farthest;
    }

    private static float[] floats(JsonNode list) {
        float[] values = new float[list.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = list.get(i).floatValue();
        }
        return values;
    }

    private static Path repository(String name) {
        if (Files.exists(Fixtures.path(name).resolve("config.json"))) {
            return Fixtures.path("");
        }
        return Checkout.path("models/" + name + "/config.json").getParent().getParent();
    }
}
