package dev.triptych.vision;

import dev.triptych.engine.DeviceRequest;
import dev.triptych.engine.SessionOptions;
import dev.triptych.engine.onnx.OnnxModelSessions;
import dev.triptych.vision.batching.BatchListener;
import dev.triptych.vision.batching.BatchSettings;
import dev.triptych.vision.batching.BatchTicket;
import dev.triptych.vision.batching.PriorityExecutor;
import dev.triptych.vision.batching.RowOutputs;
import dev.triptych.vision.image.DecodingRoom;
import dev.triptych.vision.image.ImageDecoder;
import dev.triptych.vision.image.ImageLimits;
import dev.triptych.vision.model.LoadedModel;
import dev.triptych.vision.model.ModelLoader;
import dev.triptych.vision.model.TaskKind;
import dev.triptych.vision.model.VisionModels;
import dev.triptych.vision.vit.AnalysisListener;
import dev.triptych.vision.vit.ImageAnalyzer;
import dev.triptych.vision.vit.VisionOptions;
import dev.triptych.vision.vit.VisionRequest;
import dev.triptych.wire.VisionResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Fixtures' packages, each under its fixture's name, in ONNX Runtime behind the façade that both doors call. */
final class LoadedFixtures implements AutoCloseable {

    private static final ImageDecoder DECODER =
            new ImageDecoder(new ImageLimits(1 << 20, 1 << 22), new DecodingRoom(1 << 30, Duration.ofSeconds(50)));

    final VisionModels models;
    final ImageAnalyzer analyzer;

    LoadedFixtures(Path repository, BatchSettings settings, BatchListener listener, String... fixtures) {
        try {
            for (String fixture : fixtures) {
                if (Files.notExists(repository.resolve(fixture))) {
                    TinyModels.copy(fixture, repository.resolve(fixture));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        models = new VisionModels(
                repository,
                new ModelLoader(
                        new OnnxModelSessions(),
                        new SessionOptions(new DeviceRequest.Cpu(), 1),
                        settings,
                        listener,
                        Clock.systemUTC()));
        models.load();
        analyzer = new ImageAnalyzer(
                models,
                DECODER,
                new ImageAnalyzer.Threads(
                        new PriorityExecutor(Runnable::run, 64, System::nanoTime), Runnable::run, Clock.systemUTC()),
                Duration.ofSeconds(50),
                new AnalysisListener() {});
    }

    LoadedFixtures(Path repository, String... fixtures) {
        this(repository, new BatchSettings(16, Duration.ZERO, 64), new BatchListener() {}, fixtures);
    }

    /** What the graph gives for a picture. */
    RowOutputs outputs(String model, TaskKind kind, byte[] picture) {
        return submit(model, kind, picture).outputs().join();
    }

    BatchTicket submit(String model, TaskKind kind, byte[] picture) {
        LoadedModel loaded = models.serving(model, kind);
        return loaded.batcher()
                .submit(
                        DECODER.decode(picture, loaded.preprocessor()::prepare),
                        kind.outputs(),
                        Instant.now().plusSeconds(50));
    }

    VisionResult answer(String model, byte[] picture, VisionOptions options) {
        return answer(new VisionRequest(model, picture, options));
    }

    VisionResult answer(VisionRequest request) {
        return analyzer.submit(request).result().join();
    }

    /** Models that are listed, by id, with what became of them. */
    List<String> ids() {
        return models.all().stream().map(entry -> entry.id()).toList();
    }

    @Override
    public void close() {
        models.close();
    }
}
