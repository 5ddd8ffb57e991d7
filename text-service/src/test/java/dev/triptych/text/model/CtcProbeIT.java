package dev.triptych.text.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.triptych.engine.DevicePlacement;
import dev.triptych.engine.DeviceRequest;
import dev.triptych.engine.GraphNames;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.ModelSessions;
import dev.triptych.engine.ModelSignature;
import dev.triptych.engine.NamedTensors;
import dev.triptych.engine.SessionOptions;
import dev.triptych.engine.onnx.OnnxModelSessions;
import dev.triptych.modelpackage.ModelCheck;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** The shipped CTC decoder passes its checks; one that is tampered with fails by name. */
class CtcProbeIT {

    private static final BiConsumer<NamedTensors, NamedTensors> NOTHING = (inputs, outputs) -> {};

    @Test
    void theShippedDecoderPasses() {
        List<ModelCheck> checks = new ArrayList<>();
        loader(new OnnxModelSessions()).load(shipped(), checks::add).close();
        assertThat(checks).allMatch(ModelCheck::passed);
        assertThat(checks.stream()
                        .filter(check ->
                                check.detail().contains("ctc") || check.name().equals("blank"))
                        .map(ModelCheck::name))
                .containsExactly("determinism", "best", "padding", "blank", "batch");
    }

    @Test
    void theShippedMaskPredictDecoderPasses() {
        List<ModelCheck> checks = new ArrayList<>();
        loader(new OnnxModelSessions()).load(shipped(), checks::add).close();
        assertThat(checks.stream()
                        .filter(check -> check.detail().contains("mask-predict"))
                        .map(ModelCheck::name))
                .containsExactly("determinism", "padding", "batch");
    }

    @Test
    void aMaskPredictDecoderThatReadsBehindTheOutputLeaksPadding() {
        assertThat(failing(
                        "mask_predict_model",
                        (inputs, outputs) -> fill(inputs.get(GraphNames.ATTENTION_MASK), 1),
                        NOTHING))
                .containsExactly("padding");
    }

    @Test
    void aLengthPredictorThatReadsBehindTheSourceLeaksPadding() {
        assertThat(failing(
                        "length_model",
                        (inputs, outputs) -> fill(inputs.get(GraphNames.ENCODER_ATTENTION_MASK), 1),
                        NOTHING))
                .contains("padding");
    }

    @Test
    void aDecoderThatReadsBehindTheSourceLeaksPadding() {
        assertThat(failing((inputs, outputs) -> fill(inputs.get(GraphNames.ENCODER_ATTENTION_MASK), 1), NOTHING))
                .containsExactly("padding", "blank");
    }

    @Test
    void aRowThatSeesItsNeighborFailsInABatch() {
        assertThat(failing(
                        (inputs, outputs) -> {
                            Tensor states = inputs.get(GraphNames.ENCODER_HIDDEN_STATES);
                            long row = states.shape().elementCount()
                                    / states.shape().dim(0);
                            if (states.shape().dim(0) == 2) {
                                states.copyFrom(states, row, 0, row);
                            }
                        },
                        NOTHING))
                .containsExactly("batch");
    }

    @Test
    void likeliestTokensMustBeThoseOfTheLogits() {
        assertThat(failing(NOTHING, (inputs, outputs) -> {
                    Tensor ids = outputs.get(GraphNames.BEST_IDS);
                    ids.setLong(3, ids.getLong(3) + 1);
                }))
                .containsExactly("best");
    }

    @Test
    void numbersThatAreNoneFail() {
        assertThat(failing(
                        NOTHING,
                        (inputs, outputs) -> outputs.get(GraphNames.LOGITS).setFloat(9, Float.NaN)))
                .contains("determinism");
    }

    private static void fill(Tensor tensor, long value) {
        for (long i = 0; i < tensor.shape().elementCount(); i++) {
            tensor.setLong(i, value);
        }
    }

    /** Checks that fail where the CTC decoder's inputs are changed before each run, and its outputs behind it. */
    private static List<String> failing(
            BiConsumer<NamedTensors, NamedTensors> before, BiConsumer<NamedTensors, NamedTensors> after) {
        return failing("ctc_model", before, after);
    }

    private static List<String> failing(
            String graph, BiConsumer<NamedTensors, NamedTensors> before, BiConsumer<NamedTensors, NamedTensors> after) {
        OnnxModelSessions real = new OnnxModelSessions();
        ModelSessions tampered = (path, options) -> {
            ModelSession session = real.open(path, options);
            return String.valueOf(path.getFileName()).startsWith(graph)
                    ? new Tampered(session, before, after)
                    : session;
        };
        ModelLoadException refused = catchThrowableOfType(
                ModelLoadException.class, () -> loader(tampered).load(shipped()).close());
        assertThat(refused).isNotNull();
        return refused.checks().stream()
                .filter(check -> !check.passed())
                .map(ModelCheck::name)
                .toList();
    }

    private static Seq2SeqLoader loader(ModelSessions sessions) {
        return new Seq2SeqLoader(sessions, new SessionOptions(DeviceRequest.parse("cpu"), 1), List.of("plain"));
    }

    private static ModelPackage shipped() {
        for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
            Path model = up.resolve("models/triptych-en-de");
            if (Files.exists(model.resolve("config.json"))) {
                return ModelPackage.open(model);
            }
        }
        throw new AssertionError(
                "there is no models/triptych-en-de above " + Path.of("").toAbsolutePath());
    }

    private record Tampered(
            ModelSession session,
            BiConsumer<NamedTensors, NamedTensors> before,
            BiConsumer<NamedTensors, NamedTensors> after)
            implements ModelSession {

        @Override
        public ModelSignature signature() {
            return session.signature();
        }

        @Override
        public DevicePlacement placement() {
            return session.placement();
        }

        @Override
        public void run(NamedTensors inputs, NamedTensors outputs) {
            before.accept(inputs, outputs);
            session.run(inputs, outputs);
            after.accept(inputs, outputs);
        }

        @Override
        public NamedTensors run(NamedTensors inputs, Set<String> wanted) {
            before.accept(inputs, new NamedTensors());
            NamedTensors outputs = session.run(inputs, wanted);
            after.accept(inputs, outputs);
            return outputs;
        }

        @Override
        public void close() {
            session.close();
        }
    }
}
