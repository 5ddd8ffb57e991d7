package dev.triptych.local.client;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.ItemError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** One file's way: read, translated as a job, written. Owned by the client's thread. */
public final class FileTranslation {

    private final Path input;
    private final Path output;
    private final TranslationJob job;

    private FileTranslation(Path input, Path output, TranslationJob job) {
        this.input = input;
        this.output = output;
        this.job = job;
    }

    /** @throws ClientException if the file is not UTF-8 or the output cannot be written */
    public static FileTranslation open(Path input, Path output, TranslationSettings settings)
            throws IOException, ClientException {
        OutputFile.requireUsable(input, output);
        try {
            return new FileTranslation(input, output, TranslationJob.of(Files.readAllBytes(input), settings));
        } catch (ClientException e) {
            throw new ClientException(input + ": " + e.getMessage(), e);
        }
    }

    /**
     * What to tell at the end.
     *
     * @param failed lines that were left in their source form
     */
    public record Summary(int failed, List<String> lines) {}

    public String name() {
        return input.getFileName().toString();
    }

    /** How many lines are sent. */
    public int items() {
        return job.items().size();
    }

    /** Translates and writes the file, or says how to go on where it was interrupted. */
    public Summary run(String bootstrapServers, JobPace pace, ProgressView view, BooleanSupplier interrupted)
            throws IOException, ClientException, InterruptedException {
        Instant begin = Instant.now();
        TranslationRun run = new TranslationRun(job, bootstrapServers, pace, interrupted);
        Map<Integer, LineOutcome> outcomes = run.run(view);
        if (outcomes.size() < items()) {
            return new Summary(
                    0,
                    List.of(String.format(
                            Locale.ROOT,
                            "interrupted with %,d of %,d lines translated; run the same command again to go on",
                            outcomes.size(),
                            items())));
        }
        for (int line : job.tooLong()) {
            outcomes.put(line, tooLong(line));
        }
        OutputFile.write(output, render(outcomes));
        if (items() > 0) {
            run.forget();
        }
        return summary(outcomes, Duration.between(begin, Instant.now()));
    }

    private byte[] render(Map<Integer, LineOutcome> outcomes) {
        return job.document()
                .render(line ->
                        outcomes.get(line) instanceof LineOutcome.Translated translated ? translated.text() : null);
    }

    private static LineOutcome tooLong(int line) {
        return new LineOutcome.Failed(
                line,
                new ItemError(
                        ErrorCode.TOO_LARGE.code(),
                        "a line may have " + TranslationJob.LONGEST_TEXT + " characters",
                        "input"));
    }

    private Summary summary(Map<Integer, LineOutcome> outcomes, Duration took) {
        OutcomeReport report = new OutcomeReport(outcomes.values());
        List<String> lines = new ArrayList<>(report.lines());
        int blank = job.document().lines().size() - outcomes.size();
        lines.add(String.format(
                Locale.ROOT,
                "%s: %,d lines translated, %,d blank, %,d failed in %s -> %s",
                name(),
                outcomes.size() - report.failed(),
                blank,
                report.failed(),
                ProgressEstimate.clock(took),
                output));
        return new Summary(report.failed(), lines);
    }
}
