package dev.triptych.local.client;

import dev.triptych.document.Document;
import dev.triptych.document.DocumentException;
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

    /** @throws ClientException if the file is not UTF-8, not of the format that its name says, or the output cannot be written */
    public static FileTranslation open(Path input, Path output, TranslationSettings settings)
            throws IOException, ClientException {
        OutputFile.requireUsable(input, output);
        Document.Format format = Document.Format.of(input.getFileName().toString());
        if (format == null) {
            throw new ClientException(input + " is of no format that can be translated: " + Document.Format.endings());
        }
        try {
            return new FileTranslation(input, output, TranslationJob.of(Files.readAllBytes(input), format, settings));
        } catch (DocumentException e) {
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
                            "interrupted with %,d of %,d %s translated; run the same command again to go on",
                            outcomes.size(),
                            items(),
                            job.document().noun())));
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
        OutcomeReport report = new OutcomeReport(outcomes.values(), job.document()::line);
        List<String> lines = new ArrayList<>(report.lines());
        int blank = job.document().size() - outcomes.size();
        lines.add(String.format(
                Locale.ROOT,
                "%s: %,d %s translated, %,d left as they are, %,d failed in %s -> %s",
                name(),
                outcomes.size() - report.failed(),
                job.document().noun(),
                blank,
                report.failed(),
                ProgressEstimate.clock(took),
                output));
        return new Summary(report.failed(), lines);
    }
}
