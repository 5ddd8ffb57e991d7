package dev.triptych.text.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.engine.DevicePlacement;
import dev.triptych.engine.DeviceRequest;
import dev.triptych.engine.GraphNames;
import dev.triptych.engine.GraphNames.Attention;
import dev.triptych.engine.GraphNames.Part;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.ModelSignature;
import dev.triptych.engine.NamedTensors;
import dev.triptych.engine.SessionOptions;
import dev.triptych.engine.onnx.OnnxModelSessions;
import dev.triptych.modelpackage.ModelCheck;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.tensor.Tensor;
import dev.triptych.testkit.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sound fused decoder passes; one whose lengths or rows are tampered with fails by name. */
class FusedDecoderProbeIT {

    private static final String FIXTURE = "m2m_100-fused";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"m2m_100-fused", "marian-fused", "bart-fused"})
    void soundFusedModelsPass(String fixture) {
        List<ModelCheck> checks = new ArrayList<>();
        loader().load(ModelPackage.open(Fixtures.path(fixture)), checks::add).close();
        assertThat(checks).allMatch(ModelCheck::passed);
        assertThat(checks.stream()
                        .filter(check -> check.detail().contains("fused"))
                        .map(ModelCheck::name))
                .contains("determinism", "padding", "batch");
        assertThat(checks.stream().map(ModelCheck::name)).contains("positions");
    }

    @Test
    void aSourceAsLongAsItsPlaceIsPaddingThatLeaks() {
        assertThat(failing((inputs, outputs) -> {
                    long capacity = inputs.get(GraphNames.past(0, Attention.CROSS, Part.KEY))
                            .shape()
                            .dim(2);
                    fill(inputs.get(GraphNames.SOURCE_LENGTHS), (int) capacity);
                }))
                .containsExactly("padding");
    }

    @Test
    void whereThePackageHasThePlainDecoderTooTheyMustAgree() throws IOException {
        copy(Fixtures.path(FIXTURE), folder);
        Path plain = folder.resolve("onnx/decoder_model.onnx");
        Files.copy(Fixtures.path("m2m_100/onnx/decoder_model.onnx"), plain);
        List<ModelCheck> checks = new ArrayList<>();
        loader().load(ModelPackage.open(folder), checks::add).close();
        assertThat(checks.stream().filter(check -> check.name().equals("cache")))
                .singleElement()
                .matches(ModelCheck::passed);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }

    @Test
    void aPastThatNeverGrowsKeepsEveryTokenInOnePlace() {
        assertThat(failing((inputs, outputs) -> fill(inputs.get(GraphNames.PAST_LENGTHS), 0)))
                .contains("positions");
    }

    @Test
    void aRowThatReadsItsNeighborsTokenDependsOnItsBatch() {
        assertThat(failing((inputs, outputs) -> {
                    Tensor ids = inputs.get(GraphNames.INPUT_IDS);
                    ids.setLong(0, ids.getLong(ids.shape().elementCount() - 1));
                }))
                .containsExactly("batch");
    }

    @Test
    void noiseIsNoDeterminism() {
        Random random = new Random(1);
        assertThat(failing((inputs, outputs) -> {
                    Tensor ids = inputs.get(GraphNames.INPUT_IDS);
                    ids.setLong(0, 10 + random.nextInt(200));
                }))
                .containsExactly("determinism");
    }

    /** The shipped model has a graph that verifies drafts; it must agree with the step graph. */
    @Test
    void aVerifierThatWritesAPlaceTooLateIsNamed() {
        assertThat(verifying((inputs, outputs) -> {})).isEmpty();
        assertThat(verifying((inputs, outputs) -> {
                    Tensor past = inputs.get(GraphNames.PAST_LENGTHS);
                    past.setInt(0, past.getInt(0) + 1);
                }))
                .containsExactly("verification");
    }

    private static List<String> verifying(BiConsumer<NamedTensors, NamedTensors> tamper) {
        Path shipped = Path.of("").toAbsolutePath().getParent().resolve("models/triptych-en-de");
        try (Seq2SeqModel model = loader().load(ModelPackage.open(shipped))) {
            ModelSession verifier = new Tampered(model.nat().verify().orElseThrow(), tamper);
            return failing(model, (Seq2SeqModel.Fused) model.graphs(), verifier);
        }
    }

    private static void fill(Tensor tensor, int value) {
        for (long i = 0; i < tensor.shape().elementCount(); i++) {
            tensor.setInt(i, value);
        }
    }

    private static List<String> failing(BiConsumer<NamedTensors, NamedTensors> tamper) {
        try (Seq2SeqModel model = loader().load(ModelPackage.open(Fixtures.path(FIXTURE)))) {
            Seq2SeqModel.Fused sound = (Seq2SeqModel.Fused) model.graphs();
            Seq2SeqModel.Fused tampered = new Seq2SeqModel.Fused(sound.encoder(), new Tampered(sound.step(), tamper));
            return failing(model, tampered, null);
        }
    }

    private static List<String> failing(
            Seq2SeqModel model, Seq2SeqModel.Fused graphs, @Nullable ModelSession verifier) {
        ProbeTokens tokens =
                new ProbeTokens(model.tokenizer().tokens(), model.shape().vocabSize(), model.rules());
        CheckBounds bounds = CheckBounds.of(new GraphArithmetic(false, false, true));
        return new FusedDecoderProbe(graphs, model.shape(), model.rules().decoderStartTokenId(), tokens, bounds)
                .run(null, verifier).stream()
                        .filter(check -> !check.passed())
                        .map(ModelCheck::name)
                        .toList();
    }

    private static Seq2SeqLoader loader() {
        return new Seq2SeqLoader(new OnnxModelSessions(), new SessionOptions(new DeviceRequest.Cpu(), 1), List.of());
    }

    /** Changes what a session is given. */
    private record Tampered(ModelSession session, BiConsumer<NamedTensors, NamedTensors> tamper)
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
            tamper.accept(inputs, outputs);
            session.run(inputs, outputs);
        }

        @Override
        public NamedTensors run(NamedTensors inputs, Set<String> wanted) {
            throw new AssertionError("steps write in place");
        }

        @Override
        public void close() {
            session.close();
        }
    }
}
