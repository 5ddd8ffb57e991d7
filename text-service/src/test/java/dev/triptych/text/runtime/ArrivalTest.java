package dev.triptych.text.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.Strategy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The queue of the fixture holds sixteen requests, whether they are tokenized or not. */
class ArrivalTest {

    private final LoopFixture fixture = new LoopFixture(LoopFixture.Graphs.FUSED);
    private final List<Arrival> arrivals = new ArrayList<>();

    private Submission arrive() {
        Arrival arrival = fixture.loop.arrive(new Strategy.Greedy());
        arrivals.add(arrival);
        return arrival.submission();
    }

    @Test
    void whoeverIsOnTheWayTakesPartInWhatWaits() {
        for (int i = 0; i < 8; i++) {
            fixture.submit("r" + i, List.of(5), 10);
            assertThat(arrive()).isInstanceOf(Submission.Accepted.class);
        }
        assertThat(arrive())
                .isInstanceOfSatisfying(
                        Submission.Overloaded.class,
                        refused -> assertThat(refused.message()).contains("16 of 16"));
        assertThat(fixture.submit("one more", List.of(5), 10, new RecordingSink()))
                .isInstanceOf(Submission.Overloaded.class);
    }

    @Test
    void onePlaceComesFreeForEachThatHasArrived() {
        for (int i = 0; i < 16; i++) {
            arrive();
        }
        arrivals.getFirst().close();
        arrivals.getFirst().close();
        RecordingSink submitted = fixture.submit("r", List.of(5), 10);
        assertThat(arrive()).isInstanceOf(Submission.Overloaded.class);
        // The refused one holds no place that it could give back.
        arrivals.getLast().close();
        assertThat(arrive()).isInstanceOf(Submission.Overloaded.class);
        arrivals.forEach(Arrival::close);
        fixture.settle();
        assertThat(submitted.result().reason()).isEqualTo(FinishReason.STOP);
        assertThat(fixture.waiting).isZero();
    }
}
