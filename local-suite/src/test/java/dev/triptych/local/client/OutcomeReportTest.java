package dev.triptych.local.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.wire.ItemError;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutcomeReportTest {

    @Test
    void theSameReasonIsSaidOnceWithAllItsLines() {
        OutcomeReport report = new OutcomeReport(
                List.of(
                        failed(1, "too long"),
                        failed(2, "too long"),
                        failed(3, "too long"),
                        new LineOutcome.Translated(4, "ok", List.of()),
                        failed(5, "no such model"),
                        failed(7, "too long")),
                line -> line);

        assertThat(report.failed()).isEqualTo(5);
        assertThat(report.lines())
                .containsExactly(
                        "not translated, left as it was: lines 2-4, 8: too long (invalid_field)",
                        "not translated, left as it was: line 6: no such model (invalid_field)");
    }

    @Test
    void warningsAreNotFailures() {
        OutcomeReport report =
                new OutcomeReport(List.of(new LineOutcome.Translated(0, "x", List.of("truncated"))), line -> line);

        assertThat(report.failed()).isZero();
        assertThat(report.lines()).containsExactly("translated, but truncated: line 1");
    }

    @Test
    void nothingToSayWhereAllWentWell() {
        assertThat(new OutcomeReport(List.of(new LineOutcome.Translated(0, "x", List.of())), line -> line).lines())
                .isEmpty();
    }

    private static LineOutcome failed(int line, String message) {
        return new LineOutcome.Failed(line, new ItemError("invalid_field", message, null));
    }
}
