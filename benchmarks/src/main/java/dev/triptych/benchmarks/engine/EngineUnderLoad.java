package dev.triptych.benchmarks.engine;

import dev.triptych.benchmarks.ClosedLoop;
import dev.triptych.benchmarks.Stopwatch;
import dev.triptych.benchmarks.Throughput;
import dev.triptych.text.config.EngineAssembly;
import dev.triptych.text.config.EngineProperties;
import dev.triptych.text.generation.GenerationEvent;
import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.runtime.ModelRegistry;
import dev.triptych.text.runtime.Submission;
import dev.triptych.text.runtime.TextGenerator;
import dev.triptych.text.runtime.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;

/** A model in this process, and clients that have it generate greedily from the lines of a text. */
final class EngineUnderLoad implements AutoCloseable {

    /** What a steady run begins and ends with, uncounted. */
    private static final Duration EDGE = Duration.ofMillis(500);

    private final ModelRegistry registry;
    private final TextGenerator generator;
    private final List<List<Integer>> prompts;
    private final int newTokens;
    private final BatchMeter meter = new BatchMeter();
    private final LongAdder streamed = new LongAdder();

    /** @param newTokens most tokens of one output */
    EngineUnderLoad(Path model, Path text, EngineProperties properties, int newTokens) throws IOException {
        this.newTokens = newTokens;
        this.registry = new EngineAssembly(
                        properties, properties.engine().sessions(), TimeSource.system(), name -> meter)
                .registry();
        String id = String.valueOf(model.getFileName());
        registry.load(id);
        this.generator = registry.ready(id)
                .orElseThrow(() -> new IllegalStateException(id + " is not ready: " + registry.list()));
        this.prompts = prompts(text);
    }

    /** Sums of the latest run. */
    BatchMeter meter() {
        return meter;
    }

    void warmUp() throws InterruptedException {
        run(8, Duration.ofSeconds(3));
    }

    Throughput run(int clients, Duration duration) throws InterruptedException {
        meter.reset();
        return ClosedLoop.run(clients, duration, number -> generate(prompts.get(number % prompts.size()), number));
    }

    /**
     * What clients get while all of them are at work: what they begin and end with is left out.
     *
     * @return with the latencies of the whole run
     */
    Throughput steady(int clients, Duration duration) throws InterruptedException {
        try (ExecutorService beside = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Throughput> whole = beside.submit(() -> run(clients, duration.plus(EDGE.multipliedBy(2))));
            Thread.sleep(EDGE);
            Stopwatch watch = new Stopwatch();
            long before = streamed.sum();
            Thread.sleep(duration);
            long tokens = streamed.sum() - before;
            double seconds = watch.seconds();
            double cpuSeconds = watch.cpuSeconds();
            double[] latencies = whole.get().latencies();
            return new Throughput(clients, latencies.length, tokens, seconds, cpuSeconds, latencies);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the clients failed: " + e.getCause(), e);
        }
    }

    /** Every sentence once, from so many clients; the tokens of each. */
    List<List<Integer>> all(List<List<Integer>> sentences, int clients) throws InterruptedException {
        List<CompletableFuture<List<Integer>>> outputs = sentences.stream()
                .map(sentence -> new CompletableFuture<List<Integer>>())
                .toList();
        ClosedLoop.each(clients, sentences.size(), number -> {
            List<Integer> ids = tokens(sentences.get(number), number);
            outputs.get(number).complete(ids);
            return ids.size();
        });
        return outputs.stream().map(CompletableFuture::join).toList();
    }

    /** Those sentences of the text that the model can read. */
    List<List<Integer>> prompts() {
        return prompts;
    }

    private int generate(List<Integer> prompt, int number) throws Exception {
        return tokens(prompt, number).size();
    }

    private List<Integer> tokens(List<Integer> prompt, int number) throws Exception {
        CompletableFuture<List<Integer>> generated = new CompletableFuture<>();
        GenerationRequest request = new GenerationRequest(
                "benchmark-" + number + "-" + System.nanoTime(),
                prompt,
                GenerationParameters.greedy(
                        Math.min(newTokens, generator.limits().maxNewTokens())),
                Priority.INTERACTIVE,
                Optional.empty());
        Submission submission = generator.submit(request, event -> {
            switch (event) {
                case GenerationEvent.TokenGenerated ignored -> streamed.increment();
                case GenerationEvent.Finished finished ->
                    generated.complete(finished.result().tokenIds());
                default -> {}
            }
            return true;
        });
        if (!(submission instanceof Submission.Accepted)) {
            throw new IllegalStateException("a request was not accepted: " + submission);
        }
        return generated.get();
    }

    private List<List<Integer>> prompts(Path text) throws IOException {
        List<List<Integer>> encoded = new ArrayList<>();
        for (String line : Files.readAllLines(text)) {
            List<Integer> ids = line.isBlank() ? List.of() : generator.encode(line.strip());
            if (!ids.isEmpty() && ids.size() <= generator.limits().maxPromptTokens()) {
                encoded.add(ids);
            }
        }
        return encoded;
    }

    @Override
    public void close() {
        registry.close();
    }
}
