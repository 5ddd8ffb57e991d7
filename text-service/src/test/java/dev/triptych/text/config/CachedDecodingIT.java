package dev.triptych.text.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.engine.DeviceRequest;
import dev.triptych.engine.SessionOptions;
import dev.triptych.engine.onnx.OnnxModelSessions;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.testkit.Fixtures;
import dev.triptych.text.model.Seq2SeqLoader;
import dev.triptych.text.model.Seq2SeqModel;
import dev.triptych.text.runtime.ModelRegistry;
import dev.triptych.text.runtime.RuntimeListener;
import dev.triptych.text.runtime.TextGenerator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Cached decoding, in cohorts that form, shrink and end or in batches that rows join at any step, gives what recomputing
 * each row alone on the plain graphs gives.
 */
class CachedDecodingIT {

    @ParameterizedTest
    @CsvSource({
        "marian,1", "marian,2", "m2m_100,3", "m2m_100,4",
        "marian-fused,5", "marian-fused,6", "m2m_100-fused,7", "m2m_100-fused,8"
    })
    void cachedIsRecomputed(String family, long seed) {
        Random random = new Random(seed);
        Seq2SeqLoader loader =
                new Seq2SeqLoader(new OnnxModelSessions(), new SessionOptions(new DeviceRequest.Cpu(), 1), List.of());
        try (ModelRegistry models = TestEngines.open(Fixtures.path(""), RuntimeListener.NONE);
                Seq2SeqModel reference = loader.load(ModelPackage.open(Fixtures.path(family.replace("-fused", ""))))) {
            TextGenerator generator = models.ready(family).orElseThrow();
            List<List<Integer>> prompts = new ArrayList<>();
            List<Integer> bounds = new ArrayList<>();
            List<Generation> running = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                prompts.add(random.ints(
                                1 + random.nextInt(40), 3, generator.limits().vocabSize())
                        .boxed()
                        .toList());
                bounds.add(1 + random.nextInt(60));
                running.add(Generation.start(generator, prompts.getLast(), bounds.getLast()));
            }
            int compared = 0;
            for (int i = 0; i < running.size(); i++) {
                List<Integer> expected = ReferenceDecoder.greedy(reference, prompts.get(i), bounds.get(i));
                List<Integer> actual = running.get(i).result().tokenIds();
                int comparable = comparable(expected, reference.rules().padTokenId());
                compared += comparable;
                assertThat(actual.subList(0, Math.min(comparable, actual.size())))
                        .as("seed %d, prompt %s", seed, prompts.get(i))
                        .isEqualTo(expected.subList(0, comparable));
                assertThat(comparable < expected.size() || actual.size() == expected.size())
                        .as("seed %d, prompt %s ends where the reference ends", seed, prompts.get(i))
                        .isTrue();
            }
            assertThat(compared).isGreaterThanOrEqualTo(running.size());
        }
    }

    /**
     * The tokens up to the first padding token. M2M100 leaves padding out when it counts positions: computed anew, a
     * token behind a generated padding token has another position than in a cached step, in Hugging Face just so.
     */
    private static int comparable(List<Integer> ids, int padTokenId) {
        int pad = ids.indexOf(padTokenId);
        return pad < 0 ? ids.size() : pad + 1;
    }
}
