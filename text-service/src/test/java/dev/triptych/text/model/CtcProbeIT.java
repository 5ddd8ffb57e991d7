package dev.triptych.text.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import dev.triptych.testkit.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The shipped CTC decoder passes its checks; one that is tampered with fails by name. */
class CtcProbeIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();

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

    /** Of the shipped package, with its int8 CTC graph and the int8 encoder for it, beside float32 graphs. */
    @Test
    void aDecoderNamedWithItsVariantAndItsEncoderIsHeldToItsOwnBounds(@TempDir Path folder) throws IOException {
        Path copy = copy(shipped().directory(), folder.resolve("named"));
        Path manifest = copy.resolve("triptych.json");
        ObjectNode root = (ObjectNode) JSON.readTree(manifest.toFile());
        ObjectNode ctc = (ObjectNode) root.path("decoders").path("ctc");
        ctc.putArray("graphs").add("ctc_model_int8");
        ctc.put("encoder", "fused_encoder_model_int8");
        root.remove("sha256");
        JSON.writeValue(manifest.toFile(), root);

        List<ModelCheck> checks = new ArrayList<>();
        try (Seq2SeqModel model = loader(new OnnxModelSessions()).load(ModelPackage.open(copy), checks::add)) {
            ModelSession own = model.nat().ctc().orElseThrow().encoder().orElseThrow();
            assertThat(own).isNotSameAs(model.graphs().encoder());
            assertThat(bounds(checks, "the ctc decoder")).containsOnly(0.05);
            assertThat(bounds(checks, "the encoder gives the same twice")).containsExactly(5e-4, 0.05);
            assertThat(bounds(checks, "mask-predict")).containsOnly(5e-4);
            assertThat(checks.stream().filter(check -> check.detail().startsWith("the encoder gives the same twice")))
                    .as("both encoders are tried")
                    .hasSize(2);
        }
    }

    @Test
    void anEncoderThatThePackageLacksIsNamed(@TempDir Path folder) throws IOException {
        Path copy = copy(shipped().directory(), folder.resolve("lacking"));
        Path manifest = copy.resolve("triptych.json");
        ObjectNode root = (ObjectNode) JSON.readTree(manifest.toFile());
        ((ObjectNode) root.path("decoders").path("ctc")).put("encoder", "ctc_encoder");
        JSON.writeValue(manifest.toFile(), root);
        assertThatThrownBy(() -> loader(new OnnxModelSessions()).load(ModelPackage.open(copy)))
                .hasMessageContaining("no ctc_encoder.onnx");
    }

    private static List<Double> bounds(List<ModelCheck> checks, String of) {
        return checks.stream()
                .filter(check -> check.detail().contains(of) && check.bound().isPresent())
                .map(check -> check.bound().getAsDouble())
                .toList();
    }

    private static Path copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
        return to;
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
        return ModelPackage.open(Checkout.path("models/triptych-en-de"));
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
