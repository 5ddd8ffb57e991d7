package dev.triptych.text.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.triptych.engine.capi.RuntimeBinding;
import dev.triptych.engine.onnx.OnnxModelSessions;
import dev.triptych.testkit.Fixtures;
import dev.triptych.text.generation.GenerationEvent;
import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.runtime.LifeOutcome;
import dev.triptych.text.runtime.ModelDescription;
import dev.triptych.text.runtime.ModelDescription.VersionStatus;
import dev.triptych.text.runtime.ModelRegistry;
import dev.triptych.text.runtime.RuntimeListener;
import dev.triptych.text.runtime.Submission;
import dev.triptych.text.runtime.TextGenerator;
import dev.triptych.text.runtime.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

/** Models are loaded, replaced and unloaded while others run, and give everything back. */
class ModelLifeIT {

    private static final List<Integer> PROMPT = List.of(17, 23, 5, 2);
    private static final int TOKENS = 12;
    private static final DataSize UNBOUNDED = DataSize.ofBytes(0);

    private static final EngineProperties.Watch BY_HAND =
            new EngineProperties.Watch(Duration.ZERO, Duration.ZERO, Duration.ZERO);

    @TempDir
    private Path repository;

    private final CountingSessions sessions = new CountingSessions(new OnnxModelSessions());
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void everythingIsGivenBack() throws Exception {
        for (AutoCloseable resource : opened.reversed()) {
            resource.close();
        }
        assertThat(sessions.open()).isZero();
    }

    @Test
    void aVersionTakesOverAndTheOneBeforeFinishesWhatItHas() throws Exception {
        EngineAssembly assembly = assembly(UNBOUNDED, DataSize.ofMegabytes(64), BY_HAND);
        copy("marian", "model");
        ModelRegistry models = loaded(assembly);
        String first = only(models).versions().getFirst().version();
        int openOfOne = sessions.open();
        long heldByOne = assembly.memory().heldBytes();
        HeldGeneration running = new HeldGeneration(models.ready("model").orElseThrow());

        replace("bart", "model");
        assertThat(models.load("model")).isInstanceOf(LifeOutcome.Ready.class);

        assertThat(only(models).versions())
                .extracting(ModelDescription.Version::status)
                .containsExactly(VersionStatus.READY, VersionStatus.DRAINING);
        assertThat(only(models).versions().getLast().version()).isEqualTo(first);
        assertThat(only(models).versions().getFirst().version()).isNotEqualTo(first);
        assertThat(only(models).task()).isEqualTo("text2text-generation");
        assertThat(sessions.open()).isGreaterThan(openOfOne);
        assertThat(generate(models)).isEqualTo(expected("bart"));

        assertThat(running.goOn()).isEqualTo(expected("marian"));
        await().untilAsserted(() -> assertThat(only(models).versions()).hasSize(1));
        assertThat(sessions.open()).isEqualTo(openOfOne);
        assertThat(assembly.memory().heldBytes()).isCloseTo(heldByOne, Percentage.withPercentage(50));
        models.close();
        assertThat(assembly.memory().openShares()).isZero();
    }

    @Test
    void whatIsLoadedAgainUnchangedGoesOn() throws IOException {
        EngineAssembly assembly = assembly(UNBOUNDED, DataSize.ofMegabytes(64), BY_HAND);
        copy("marian", "model");
        ModelRegistry models = loaded(assembly);
        TextGenerator before = models.ready("model").orElseThrow();
        assertThat(models.load("model")).isInstanceOf(LifeOutcome.Ready.class);
        assertThat(models.ready("model")).containsSame(before);
    }

    @Test
    void aVersionThatFailsItsChecksLeavesTheOneBeforeInItsPlace() throws IOException {
        EngineAssembly assembly = assembly(UNBOUNDED, DataSize.ofMegabytes(64), BY_HAND);
        String base =
                Files.readString(Fixtures.path("broken/mask-missing/base")).strip();
        copy("broken/" + base, "model");
        ModelRegistry models = loaded(assembly);
        TextGenerator before = models.ready("model").orElseThrow();
        int open = sessions.open();
        int shares = assembly.memory().openShares();

        copy("broken/mask-missing", "model");
        assertThat(models.load("model"))
                .isInstanceOfSatisfying(
                        LifeOutcome.Refused.class,
                        refused ->
                                assertThat(refused.problems()).anyMatch(problem -> problem.startsWith("causality: ")));

        assertThat(models.ready("model")).containsSame(before);
        assertThat(only(models).status()).isEqualTo(ModelDescription.Status.READY);
        assertThat(only(models).versions()).hasSize(2);
        ModelDescription.Version refused = only(models).versions().getLast();
        assertThat(refused.status()).isEqualTo(VersionStatus.FAILED);
        assertThat(refused.problems()).anyMatch(problem -> problem.startsWith("causality: "));
        assertThat(sessions.open()).isEqualTo(open);
        assertThat(assembly.memory().openShares()).isEqualTo(shares);
    }

    @Test
    void anUnloadedModelGivesItsMemoryBackAndComesBackWhenAsked() throws IOException {
        EngineAssembly assembly = assembly(UNBOUNDED, DataSize.ofMegabytes(64), BY_HAND);
        copy("gpt2", "model");
        ModelRegistry models = loaded(assembly);
        List<Integer> ids = generate(models);
        assertThat(models.unload("model"))
                .isInstanceOfSatisfying(
                        LifeOutcome.Unloaded.class,
                        unloaded ->
                                unloaded.freed().orTimeout(60, TimeUnit.SECONDS).join());
        assertThat(only(models).status()).isEqualTo(ModelDescription.Status.UNLOADED);
        assertThat(models.ready("model")).isEmpty();
        assertThat(sessions.open()).isZero();
        assertThat(assembly.memory().openShares()).isZero();
        assertThat(models.load("model")).isInstanceOf(LifeOutcome.Ready.class);
        assertThat(generate(models)).isEqualTo(ids);
    }

    @Test
    void aModelThatDoesNotFitTheMemoryIsRefusedWithTheFigures() throws IOException {
        EngineAssembly assembly = assembly(DataSize.ofMegabytes(100), DataSize.ofMegabytes(64), BY_HAND);
        copy("gpt2", "first");
        copy("gpt2", "second");
        ModelRegistry models = loaded(assembly);
        assertThat(models.list())
                .extracting(ModelDescription::status)
                .containsExactly(ModelDescription.Status.READY, ModelDescription.Status.FAILED);
        assertThat(models.load("second"))
                .isInstanceOfSatisfying(
                        LifeOutcome.MemoryExceeded.class,
                        exceeded -> assertThat(exceeded.message())
                                .startsWith("model second: triptych.limits.cache needs 64.0 MiB")
                                .contains("triptych.memory 100.0 MiB")
                                .contains("held: first 64."));
        assertThat(sessions.open()).isEqualTo(1);
        ((LifeOutcome.Unloaded) models.unload("first")).freed().join();
        assertThat(models.load("second")).isInstanceOf(LifeOutcome.Ready.class);
    }

    @Test
    void aModelThatCannotRunWithinItsCacheHoldsNothing() throws IOException {
        EngineAssembly assembly = assembly(UNBOUNDED, DataSize.ofBytes(1), BY_HAND);
        copy("gpt2", "model");
        ModelRegistry models = loaded(assembly);
        assertThat(only(models).problems()).singleElement().asString().contains("triptych.limits.cache");
        assertThat(sessions.open()).isZero();
        assertThat(assembly.memory().openShares()).isZero();
    }

    @Test
    void aPathIsNoModel() throws IOException {
        EngineAssembly assembly = assembly(UNBOUNDED, DataSize.ofMegabytes(64), BY_HAND);
        copy("gpt2", "inside/model");
        copy("vit", "pictures");
        ModelRegistry models = loaded(assembly);
        for (String id : List.of("inside/model", "../" + repository.getFileName() + "/pictures", "", ".", "pictures")) {
            assertThat(models.load(id)).isEqualTo(new LifeOutcome.Unknown());
            assertThat(models.unload(id)).isEqualTo(new LifeOutcome.Unknown());
        }
    }

    @Test
    void theRepositoryIsWatched() throws Exception {
        EngineAssembly assembly = assembly(
                UNBOUNDED,
                DataSize.ofMegabytes(64),
                new EngineProperties.Watch(Duration.ofMillis(20), Duration.ofMillis(100), Duration.ZERO));
        copy("bert", "stays");
        ModelRegistry models = registry(assembly);
        ModelLoader loader = new ModelLoader(
                models,
                repository,
                new EngineProperties.Watch(Duration.ofMillis(20), Duration.ofMillis(100), Duration.ZERO),
                2);
        opened.add(loader);
        loader.start();
        await().until(() -> models.embedder("stays").isPresent());

        // Half a copy: the digests that triptych.json lists do not fit yet.
        copy("marian", "comes");
        String digest = "0".repeat(64);
        Files.writeString(
                repository.resolve("comes/triptych.json"),
                "{\"task\": \"text-generation\", \"sha256\": {\"onnx/more.onnx_data\": \"" + digest + "\"}}");
        await().until(() -> models.list().stream()
                .anyMatch(model -> model.id().equals("comes") && model.status() == ModelDescription.Status.FAILED));
        assertThat(models.list().getFirst().problems())
                .singleElement()
                .asString()
                .isEqualTo("files: onnx/more.onnx_data is missing");
        Files.writeString(repository.resolve("comes/triptych.json"), "{\"task\": \"text-generation\"}");
        await().until(() -> models.ready("comes").isPresent());
        String first = models.list().getFirst().versions().getFirst().version();

        replace("bart", "comes");
        await().until(() -> models.list().getFirst().versions().size() == 1
                && !models.list().getFirst().versions().getFirst().version().equals(first)
                && models.list().getFirst().status() == ModelDescription.Status.READY);

        assertThat(loader.unload("stays").join()).isInstanceOf(LifeOutcome.Unloaded.class);
        Folders.delete(repository.resolve("comes"));
        Files.writeString(repository.resolve("stays/note.txt"), "changed");
        await().until(() -> models.list().size() == 1);
        assertThat(models.list().getFirst().status()).isEqualTo(ModelDescription.Status.UNLOADED);
        await().until(() -> sessions.open() == 0);
    }

    private EngineAssembly assembly(DataSize memory, DataSize cache, EngineProperties.Watch watch) {
        EngineProperties.Limits limits = new EngineProperties.Limits(
                8, 1024, 64, 8192, Duration.ZERO, 64, 64, 64, cache, 0.5, Duration.ofMillis(5), Duration.ofSeconds(5));
        return new EngineAssembly(
                new EngineProperties(
                        repository, "cpu", RuntimeBinding.JAVA, 1, List.of(), memory, TestEngines.CUDA, watch, limits),
                sessions,
                TimeSource.system(),
                model -> RuntimeListener.NONE);
    }

    private ModelRegistry registry(EngineAssembly assembly) {
        ModelRegistry models = assembly.registry();
        opened.add(models);
        return models;
    }

    private ModelRegistry loaded(EngineAssembly assembly) {
        ModelRegistry models = registry(assembly);
        models.loadAll();
        return models;
    }

    private static ModelDescription only(ModelRegistry models) {
        return models.list().getFirst();
    }

    private void copy(String fixture, String name) throws IOException {
        Folders.copy(Fixtures.path(fixture), repository.resolve(name));
    }

    private void replace(String fixture, String name) throws IOException {
        Folders.delete(repository.resolve(name));
        copy(fixture, name);
    }

    private static List<Integer> generate(ModelRegistry models) {
        return Generation.start(models.ready("model").orElseThrow(), PROMPT, TOKENS)
                .result()
                .tokenIds();
    }

    /** What a fixture alone gives. */
    private static List<Integer> expected(String fixture) {
        try (ModelRegistry models = TestEngines.open(Fixtures.path(""), RuntimeListener.NONE)) {
            return Generation.start(models.ready(fixture).orElseThrow(), PROMPT, TOKENS)
                    .result()
                    .tokenIds();
        }
    }

    /** A request whose engine stands still at its first token until it is told to go on. */
    private static final class HeldGeneration {

        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);
        private final List<Integer> heard = Collections.synchronizedList(new ArrayList<>());
        private final CompletableFuture<List<Integer>> result = new CompletableFuture<>();

        HeldGeneration(TextGenerator generator) throws InterruptedException {
            GenerationRequest request = new GenerationRequest(
                    "held", PROMPT, GenerationParameters.greedy(TOKENS), Priority.INTERACTIVE, Optional.empty());
            assertThat(generator.submit(request, this::hear)).isInstanceOf(Submission.Accepted.class);
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
        }

        private boolean hear(GenerationEvent event) {
            switch (event) {
                case GenerationEvent.TokenGenerated token -> heard.add(token.tokenId());
                case GenerationEvent.PromptScored scored ->
                    throw new AssertionError("the prompt's scores were not asked for: " + scored);
                case GenerationEvent.Refined refined ->
                    throw new AssertionError("greedy decoding refines nothing: " + refined);
                case GenerationEvent.Finished finished ->
                    result.complete(finished.result().tokenIds());
            }
            begun.countDown();
            try {
                return goOn.await(60, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        List<Integer> goOn() {
            goOn.countDown();
            return result.orTimeout(60, TimeUnit.SECONDS).join();
        }
    }
}
