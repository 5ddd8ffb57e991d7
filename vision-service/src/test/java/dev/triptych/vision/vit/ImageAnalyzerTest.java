package dev.triptych.vision.vit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.triptych.engine.DeviceRequest;
import dev.triptych.engine.SessionOptions;
import dev.triptych.testkit.Fixtures;
import dev.triptych.vision.ScriptedSessions;
import dev.triptych.vision.batching.BatchListener;
import dev.triptych.vision.batching.BatchSettings;
import dev.triptych.vision.batching.PriorityExecutor;
import dev.triptych.vision.image.DecodingRoom;
import dev.triptych.vision.image.ImageDecoder;
import dev.triptych.vision.image.ImageLimits;
import dev.triptych.vision.model.ModelLoader;
import dev.triptych.vision.model.VisionModels;
import dev.triptych.wire.ClassificationResult;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import dev.triptych.wire.VisionResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ImageAnalyzerTest {

    @TempDir
    Path repository;

    private final ScriptedSessions sessions = new ScriptedSessions();
    private final List<String> outcomes = new CopyOnWriteArrayList<>();
    private VisionModels models;
    private byte[] picture;

    @BeforeEach
    void load() throws IOException {
        Path folder = Files.createDirectories(repository.resolve("vit/onnx")).getParent();
        for (String file : List.of("config.json", "preprocessor_config.json", "onnx/model.onnx")) {
            Files.copy(Fixtures.path("vit/" + file), folder.resolve(file));
        }
        picture = Files.readAllBytes(Fixtures.path("vit/images/rotated-exif6-120x80.jpg"));
        models = new VisionModels(
                repository,
                new ModelLoader(
                        sessions,
                        new SessionOptions(new DeviceRequest.Cpu(), 1),
                        new BatchSettings(2, Duration.ZERO, 2),
                        new BatchListener() {},
                        Clock.systemUTC()));
        models.load();
        sessions.rows = 0;
    }

    @AfterEach
    void close() {
        sessions.beforeRun = () -> {};
        models.close();
    }

    @Test
    void answersSayTheSizeAfterTurningAndAsManyLabelsAsAsked() throws Exception {
        ClassificationResult answer = (ClassificationResult)
                submit(analyzer(Runnable::run, 10), picture, 3).get(5, TimeUnit.SECONDS);
        assertThat(answer.model()).isEqualTo("vit");
        assertThat(answer.width()).isEqualTo(80);
        assertThat(answer.height()).isEqualTo(120);
        assertThat(answer.labels()).hasSize(3);
        assertThat(outcomes).containsExactly("ok");
    }

    @Test
    void faultsOfAPictureComeThroughTheResult() {
        assertCode(submit(analyzer(Runnable::run, 10), new byte[] {1, 2, 3}, 1), ErrorCode.UNSUPPORTED_MEDIA_TYPE);
        assertThat(outcomes).containsExactly("unsupported_media_type");
    }

    @Test
    void aFullDecodeQueueIsOverloaded() {
        Executor full = task -> {
            throw new RejectedExecutionException();
        };
        assertCode(submit(analyzer(full, 10), picture, 1), ErrorCode.OVERLOADED);
    }

    @Test
    void whoGoesAwayWhileTheModelIsBusyIsNotRun() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch release = blockRuns(busy);
        ImageAnalyzer analyzer = analyzer(Runnable::run, 20);
        var first = submit(analyzer, picture, 1);
        assertThat(busy.await(5, TimeUnit.SECONDS)).isTrue();
        PendingAnalysis gone = analyzer.submit(request(picture, 1));
        PendingAnalysis stays = analyzer.submit(request(picture, 1));
        gone.cancel();
        gone.cancel();
        release.countDown();
        first.get(5, TimeUnit.SECONDS);
        stays.result().get(5, TimeUnit.SECONDS);
        assertThat(sessions.rows).isEqualTo(2);
        assertThat(outcomes).contains("cancelled");
    }

    @Test
    void aModelThatHangsIsAnsweredAtTheDeadline() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch release = blockRuns(busy);
        assertCode(submit(analyzer(Runnable::run, 1), picture, 1), ErrorCode.DEADLINE_EXCEEDED);
        release.countDown();
    }

    @Test
    void anUnknownModelIsNotFound() {
        ImageAnalyzer analyzer = analyzer(Runnable::run, 10);
        assertCode(
                analyzer.submit(new VisionRequest("nope", picture, new VisionOptions.Classification(1, 0)))
                        .result(),
                ErrorCode.MODEL_NOT_FOUND);
    }

    @Test
    void requestsAreValidated() {
        for (int topK : new int[] {0, -1, 1001}) {
            assertThatExceptionOfType(TriptychException.Rejected.class)
                    .isThrownBy(() -> request(picture, topK))
                    .withMessage("top_k must be from 1 to 1000, got " + topK)
                    .satisfies(e -> assertThat(e.field()).isEqualTo("top_k"));
        }
        assertThatExceptionOfType(TriptychException.Rejected.class)
                .isThrownBy(() -> new VisionOptions.Classification(1, Double.NaN));
        assertThatExceptionOfType(TriptychException.Rejected.class).isThrownBy(() -> request(new byte[0], 1));
    }

    private CountDownLatch blockRuns(CountDownLatch busy) {
        CountDownLatch release = new CountDownLatch(1);
        sessions.beforeRun = () -> {
            busy.countDown();
            try {
                assertThat(release.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        return release;
    }

    private ImageAnalyzer analyzer(Executor decoding, int deadlineSeconds) {
        return new ImageAnalyzer(
                models,
                new ImageDecoder(new ImageLimits(1 << 20, 1 << 20), new DecodingRoom(1 << 30, Duration.ofSeconds(50))),
                new ImageAnalyzer.Threads(
                        new PriorityExecutor(decoding, 8, System::nanoTime), Runnable::run, Clock.systemUTC()),
                Duration.ofSeconds(deadlineSeconds),
                new AnalysisListener() {
                    @Override
                    public void finished(String model, String outcome, Duration took) {
                        outcomes.add(outcome);
                    }
                });
    }

    private static CompletableFuture<VisionResult> submit(ImageAnalyzer analyzer, byte[] image, int topK) {
        return analyzer.submit(request(image, topK)).result();
    }

    private static VisionRequest request(byte[] image, int topK) {
        return new VisionRequest(null, image, new VisionOptions.Classification(topK, 0));
    }

    private static void assertCode(CompletableFuture<VisionResult> result, ErrorCode code) {
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> result.get(10, TimeUnit.SECONDS))
                .withCauseInstanceOf(TriptychException.class)
                .satisfies(e ->
                        assertThat(((TriptychException) e.getCause()).code()).isEqualTo(code));
    }
}
