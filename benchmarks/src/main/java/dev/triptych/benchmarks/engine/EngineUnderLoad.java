package dev.triptych.benchmarks.engine;

import dev.triptych.benchmarks.ClosedLoop;
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

/** A model in this process, and clients that have it generate greedily from the lines of a text. */
final class EngineUnderLoad implements AutoCloseable {

    private final ModelRegistry registry;
    private final TextGenerator generator;
    private final List<List<Integer>> prompts;
    private final int newTokens;
    private final BatchMeter meter = new BatchMeter();

    /** @param newTokens most tokens of one output */
    EngineUnderLoad(Path model, Path text, EngineProperties properties, int newTokens) throws IOException {
        this.newTokens = newTokens;
        this.registry = new EngineAssembly(
                        properties, properties.engine().sessions(), TimeSource.system(), name -> meter)
                .registry();
        registry.loadAll();
        String id = String.valueOf(model.getFileName());
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

    private int generate(List<Integer> prompt, int number) throws Exception {
        CompletableFuture<Integer> generated = new CompletableFuture<>();
        GenerationRequest request = new GenerationRequest(
                "benchmark-" + number + "-" + System.nanoTime(),
                prompt,
                GenerationParameters.greedy(
                        Math.min(newTokens, generator.limits().maxNewTokens())),
                Priority.INTERACTIVE,
                Optional.empty());
        Submission submission = generator.submit(request, event -> {
            if (event instanceof GenerationEvent.Finished finished) {
                generated.complete(finished.result().tokenIds().size());
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
