package dev.triptych.local.client;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A plain line now and then, for a log file or a pipe. */
public final class LineProgressView implements ProgressView {

    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final PrintStream out;
    private final String name;
    private final long total;
    private final String unit;
    private final Clock clock;
    private @Nullable ProgressEstimate estimate;
    private Instant begin = Instant.EPOCH;
    private Instant nextLine = Instant.EPOCH;

    /** @param unit what is counted, in the plural */
    public LineProgressView(PrintStream out, String name, long total, String unit, Clock clock) {
        this.unit = unit;
        this.out = out;
        this.name = name;
        this.total = total;
        this.clock = clock;
    }

    @Override
    public void update(long done) {
        Instant now = clock.instant();
        ProgressEstimate current = estimate;
        if (current == null) {
            current = new ProgressEstimate(total, done, unit);
            estimate = current;
            begin = now;
        } else if (done < total && now.isBefore(nextLine)) {
            return;
        }
        nextLine = now.plus(INTERVAL);
        out.println(name + ": " + current.describe(done, Duration.between(begin, now)));
    }

    @Override
    public void note(String text) {
        out.println(text);
    }

    @Override
    public void close() {
        out.flush();
    }
}
