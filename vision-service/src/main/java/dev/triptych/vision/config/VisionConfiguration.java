package dev.triptych.vision.config;

import dev.triptych.engine.DeviceRequest;
import dev.triptych.engine.SessionOptions;
import dev.triptych.inference.InferenceQueue;
import dev.triptych.vision.batching.BatchSettings;
import dev.triptych.vision.batching.Priority;
import dev.triptych.vision.batching.PriorityExecutor;
import dev.triptych.vision.image.DecodingRoom;
import dev.triptych.vision.image.ImageDecoder;
import dev.triptych.vision.image.ImageLimits;
import dev.triptych.vision.model.ModelLoader;
import dev.triptych.vision.model.VisionModels;
import dev.triptych.vision.telemetry.ModelsHealth;
import dev.triptych.vision.telemetry.VisionMetrics;
import dev.triptych.vision.vit.ImageAnalyzer;
import dev.triptych.vision.vit.ResultDrawer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.tracing.Tracer;
import java.time.Clock;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the core: models, analyzer, threads and telemetry. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(VisionProperties.class)
class VisionConfiguration {

    /** Requests to bare graphs that may wait. */
    private static final int INFERENCE_QUEUE = 16;

    /** Outputs that may wait for each thread that makes answers of them. */
    private static final int COMPLETING_QUEUE = 8;

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    ImageLimits imageLimits(VisionProperties properties) {
        return new ImageLimits(
                Math.toIntExact(properties.vision().maxImageSize().toBytes()),
                properties.vision().maxImagePixels());
    }

    /** Half of the heap for pictures' pixels; the rest is for bodies, answers and the service itself. */
    @Bean
    ImageDecoder imageDecoder(ImageLimits limits, VisionProperties properties) {
        long room = Runtime.getRuntime().maxMemory() / 2;
        return new ImageDecoder(
                limits, new DecodingRoom(room, properties.vision().deadline()));
    }

    @Bean
    VisionMetrics visionMetrics(MeterRegistry registry, ObjectProvider<Tracer> tracer) {
        return new VisionMetrics(registry, tracer.getIfAvailable());
    }

    @Bean
    VisionModels visionModels(VisionProperties properties, VisionMetrics metrics, Clock clock) {
        VisionProperties.Vision vision = properties.vision();
        ModelLoader loader = new ModelLoader(
                properties.engine().sessions(),
                new SessionOptions(
                        DeviceRequest.parse(properties.device()),
                        properties.threads(),
                        properties.cuda().options()),
                new BatchSettings(vision.maxBatch(), vision.maxDelay(), vision.queueCapacity()),
                metrics,
                clock);
        return new VisionModels(properties.models(), loader);
    }

    @Bean(initMethod = "start")
    ModelLoading modelLoading(VisionModels models) {
        return new ModelLoading(models);
    }

    @Bean
    ModelsHealth modelsHealthIndicator(VisionModels models) {
        return new ModelsHealth(models);
    }

    /** Decoding is CPU work of bounded size: more threads than cores would only hold more pictures in memory. */
    @Bean(destroyMethod = "shutdown")
    ExecutorService decodeThreads(VisionProperties properties) {
        int wanted = properties.vision().decodeThreads();
        int threads = wanted > 0 ? wanted : Runtime.getRuntime().availableProcessors();
        return new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(
                        Priority.values().length * properties.vision().decodeQueue()),
                Thread.ofPlatform().name("decode-", 0).daemon(true).factory());
    }

    @Bean
    PriorityExecutor decoding(ExecutorService decodeThreads, VisionProperties properties) {
        return new PriorityExecutor(decodeThreads, properties.vision().decodeQueue(), System::nanoTime);
    }

    /**
     * Composing masks is CPU work too. Whoever finds the queue full composes himself: that is an engine thread, whose
     * next batch then waits, so that outputs do not pile up in memory.
     */
    @Bean(destroyMethod = "shutdown")
    ExecutorService completing() {
        int threads = Runtime.getRuntime().availableProcessors();
        return new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(threads * COMPLETING_QUEUE),
                Thread.ofPlatform().name("complete-", 0).daemon(true).factory(),
                new ThreadPoolExecutor.CallerRunsPolicy());
    }

    @Bean
    InferenceQueue inferenceQueue() {
        return InferenceQueue.ofOneThread(INFERENCE_QUEUE);
    }

    @Bean
    ImageAnalyzer imageAnalyzer(
            VisionModels models,
            ImageDecoder decoder,
            ImageAnalyzer.Threads threads,
            VisionProperties properties,
            VisionMetrics metrics) {
        return new ImageAnalyzer(models, decoder, threads, properties.vision().deadline(), metrics);
    }

    @Bean
    ResultDrawer resultDrawer(
            VisionModels models, ImageDecoder decoder, PriorityExecutor decoding, VisionProperties properties) {
        return new ResultDrawer(
                models,
                decoder,
                decoding.of(Priority.INTERACTIVE),
                properties.vision().deadline());
    }

    @Bean
    ImageAnalyzer.Threads analyzerThreads(PriorityExecutor decoding, ExecutorService completing, Clock clock) {
        return new ImageAnalyzer.Threads(decoding, completing, clock);
    }
}
