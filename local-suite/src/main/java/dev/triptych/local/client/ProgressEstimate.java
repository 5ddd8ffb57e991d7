package dev.triptych.local.client;

import java.time.Duration;
import java.util.Locale;

/**
 * Rate and time left of a job. The rate is that of this client's own time: what an earlier one had done counts as done,
 * not as fast. Pure.
 *
 * @param total units of the job
 * @param doneBefore units that had an outcome when the clock started
 * @param unit what is counted, in the plural
 */
record ProgressEstimate(long total, long doneBefore, String unit) {

    /** For example {@code 1,200 of 2,000 lines, 41.3 lines/s, 0:19 left}. */
    String describe(long done, Duration elapsed) {
        String counts = String.format(Locale.ROOT, "%,d of %,d %s", done, total, unit);
        double rate = rate(done, elapsed);
        if (rate <= 0) {
            return counts;
        }
        Duration left = Duration.ofSeconds(Math.round(Math.ceil((total - done) / rate)));
        return counts + String.format(Locale.ROOT, ", %.1f %s/s, ", rate, unit) + clock(left) + " left";
    }

    private double rate(long done, Duration elapsed) {
        return elapsed.toMillis() <= 0 ? 0 : (done - doneBefore) * 1000.0 / elapsed.toMillis();
    }

    static String clock(Duration duration) {
        return duration.toHours() > 0
                ? String.format(
                        Locale.ROOT,
                        "%d:%02d:%02d",
                        duration.toHours(),
                        duration.toMinutesPart(),
                        duration.toSecondsPart())
                : String.format(Locale.ROOT, "%d:%02d", duration.toMinutes(), duration.toSecondsPart());
    }
}
