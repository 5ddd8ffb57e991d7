package dev.triptych.benchmarks.vision;

import dev.triptych.benchmarks.BriefMeasurement;
import dev.triptych.benchmarks.ClosedLoop;
import dev.triptych.benchmarks.RunningSuite;
import dev.triptych.benchmarks.Stopwatch;
import dev.triptych.benchmarks.Throughput;
import dev.triptych.engine.DeviceRequest;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.NamedTensors;
import dev.triptych.engine.SessionOptions;
import dev.triptych.engine.onnx.OnnxModelSessions;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.vision.batching.BatchListener;
import dev.triptych.vision.batching.BatchSettings;
import dev.triptych.vision.image.DecodingRoom;
import dev.triptych.vision.image.ImageDecoder;
import dev.triptych.vision.image.ImageLimits;
import dev.triptych.vision.image.ImagePreprocessor;
import dev.triptych.vision.image.RgbImage;
import dev.triptych.vision.model.ModelLoader;
import dev.triptych.vision.model.TaskKind;
import dev.triptych.vision.model.VisionModels;
import java.lang.foreign.Arena;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * From a JPEG to a label: the bare graph, decoding and resizing alone in this process, then a running suite over HTTP. What the
 * suite reaches of the graph's rate is its efficiency.
 */
@Command(
        name = "vision",
        description = "Measures a classifier's graph and preprocessing here, and a running suite over HTTP.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class VisionBenchmark implements Callable<Integer> {

    private static final int ROUNDS = 3;

    @Parameters(paramLabel = "MODEL", description = "folder of a classifier")
    private Path model = Path.of("models/triptych-flags");

    @Mixin
    private RunningSuite suite = new RunningSuite();

    @Option(names = "--clients", description = "how many at once (default: ${DEFAULT-VALUE})")
    private int clients = 32;

    @Mixin
    private BriefMeasurement measurement = new BriefMeasurement(10);

    @Option(names = "--pixels", description = "of a picture (default: ${DEFAULT-VALUE})")
    private int pixels = 1_000_000;

    @Option(names = "--batch", description = "pictures of a run of the bare graph (default: ${DEFAULT-VALUE})")
    private int batch = 32;

    @Option(names = "--threads", description = "of the bare graph; 0: all (default: ${DEFAULT-VALUE})")
    private int threads = 0;

    private Duration stretch() {
        return measurement.duration().dividedBy(ROUNDS);
    }

    @Override
    public Integer call() throws Exception {
        List<byte[]> pictures = PhotoLike.jpegs(8, pixels);
        RgbImage prepared = preprocessing(pictures);
        Throughput http = null;
        double graph = 0;
        try (ModelSession session = new OnnxModelSessions()
                        .open(
                                model.resolve("onnx/model.onnx"),
                                new SessionOptions(DeviceRequest.parse("cpu"), threads));
                HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Duration.ofSeconds(5))
                        .build()) {
            ClosedLoop.run(clients, Duration.ofSeconds(2), number -> send(client, pictures.get(number % 8)));
            for (int round = 0; round < ROUNDS; round++) {
                graph += graph(session, prepared.width(), prepared.height()) / ROUNDS;
                Throughput more = ClosedLoop.run(clients, stretch(), number -> send(client, pictures.get(number % 8)));
                http = http == null ? more : http.and(more);
            }
        }
        if (http != null) {
            System.out.printf(
                    Locale.ROOT,
                    "vision bare graph: %.1f images/s in batches of %d%nvision %d clients over HTTP: %.1f images/s, p50 %.0f ms,"
                            + " p99 %.0f ms; %.2f of the bare graph%n",
                    graph,
                    batch,
                    clients,
                    http.requestsPerSecond(),
                    http.latency(0.5),
                    http.latency(0.99),
                    http.requestsPerSecond() / graph);
        }
        return 0;
    }

    /** One thread's times; what the graph is fed. */
    private RgbImage preprocessing(List<byte[]> pictures) {
        ModelLoader loader = new ModelLoader(
                new OnnxModelSessions(),
                new SessionOptions(DeviceRequest.parse("cpu"), threads),
                new BatchSettings(batch, Duration.ofMillis(5), 256),
                new BatchListener() {},
                Clock.systemUTC());
        Path repository = model.toAbsolutePath().resolveSibling(".").normalize();
        try (VisionModels models = new VisionModels(repository, loader)) {
            models.load();
            String id = String.valueOf(model.getFileName());
            ImagePreprocessor preprocessor =
                    models.serving(id, TaskKind.CLASSIFICATION).preprocessor();
            ImageDecoder decoder = new ImageDecoder(
                    new ImageLimits(1 << 25, 1L << 26),
                    new DecodingRoom(Runtime.getRuntime().maxMemory() / 2, Duration.ofSeconds(30)));
            RgbImage prepared = decoder.decode(pictures.getFirst(), preprocessor::prepare);
            double decoding = 0;
            double resizing = 0;
            int count = 0;
            Stopwatch all = new Stopwatch();
            while (all.seconds() * 1e9 < stretch().toNanos()) {
                long began = System.nanoTime();
                RgbImage decoded = decoder.decode(pictures.get(count % pictures.size()), image -> image);
                long between = System.nanoTime();
                prepared = preprocessor.prepare(decoded);
                // The first ones warm up.
                if (count++ >= 8) {
                    decoding += (between - began) / 1e6;
                    resizing += (System.nanoTime() - between) / 1e6;
                }
            }
            System.out.printf(
                    Locale.ROOT,
                    "vision on one thread: decoding %.2f ms, resizing to %d x %d %.2f ms an image of %d kB%n",
                    decoding / Math.max(1, count - 8),
                    prepared.width(),
                    prepared.height(),
                    resizing / Math.max(1, count - 8),
                    pictures.getFirst().length / 1000);
            return prepared;
        }
    }

    /** Images a second. */
    private double graph(ModelSession session, int width, int height) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor input = Tensor.allocate(arena, DType.FLOAT32, Shape.of(batch, 3, height, width));
            NamedTensors inputs = NamedTensors.of("pixel_values", input);
            session.run(inputs, Set.of("logits"));
            Stopwatch watch = new Stopwatch();
            int runs = 0;
            while (watch.seconds() * 1e9 < stretch().toNanos()) {
                session.run(inputs, Set.of("logits"));
                runs++;
            }
            return (double) runs * batch / watch.seconds();
        }
    }

    private int send(HttpClient client, byte[] jpeg) throws Exception {
        URI uri = suite.gateway("/v1/vision/classifications?model=" + model.getFileName());
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "image/jpeg")
                .timeout(Duration.ofSeconds(60))
                .POST(HttpRequest.BodyPublishers.ofByteArray(jpeg))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IllegalStateException("HTTP " + response.statusCode() + ": " + response.body());
        }
        return 1;
    }
}
