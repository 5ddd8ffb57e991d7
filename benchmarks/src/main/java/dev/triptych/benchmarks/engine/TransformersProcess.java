package dev.triptych.benchmarks.engine;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A Python process that generates with transformers what it is told, a line of JSON for a line of JSON. */
final class TransformersProcess implements AutoCloseable {

    private static final int PATIENCE_MINUTES = 10;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Process process;
    private final BufferedWriter requests;
    private final BufferedReader answers;

    private TransformersProcess(Process process) {
        this.process = process;
        this.requests = process.outputWriter();
        this.answers = process.inputReader();
    }

    /** @param foundry folder whose package {@code foundry} holds the script */
    static TransformersProcess start(String python, Path foundry, Path model, int threads) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                python,
                "-m",
                "foundry",
                "--threads",
                String.valueOf(threads),
                "bench-generate",
                "--model",
                String.valueOf(model.toAbsolutePath()));
        builder.directory(foundry.toFile());
        builder.environment().put("OMP_NUM_THREADS", String.valueOf(threads));
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        return new TransformersProcess(builder.start());
    }

    /**
     * What came of a turn.
     *
     * @param seconds in {@code generate()}
     * @param outputs tokens of each sentence, up to its end
     */
    record Answer(double seconds, List<List<Integer>> outputs) {}

    /** Generates for the sentences in batches of that many. */
    Answer generate(List<List<Integer>> sentences, int batch, int newTokens) throws Exception {
        ObjectNode request = JSON.createObjectNode();
        request.put("batch", batch);
        request.put("max_new_tokens", newTokens);
        ArrayNode rows = request.putArray("rows");
        sentences.forEach(sentence -> sentence.forEach(rows.addArray()::add));
        requests.write(JSON.writeValueAsString(request));
        requests.newLine();
        requests.flush();
        JsonNode answer = CompletableFuture.supplyAsync(this::answer).get(PATIENCE_MINUTES, TimeUnit.MINUTES);
        List<List<Integer>> outputs = new ArrayList<>();
        for (JsonNode row : answer.path("rows")) {
            List<Integer> ids = new ArrayList<>();
            row.forEach(id -> ids.add(id.asInt()));
            outputs.add(ids);
        }
        return new Answer(answer.path("seconds").asDouble(), outputs);
    }

    private JsonNode answer() {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw new IllegalStateException("the Python process ended; see its messages above");
            }
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
