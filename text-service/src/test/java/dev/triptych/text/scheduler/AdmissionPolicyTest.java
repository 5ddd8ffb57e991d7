package dev.triptych.text.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.scheduler.AdmissionPolicy.Decision;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AdmissionPolicyTest {

    private final AdmissionPolicy policy = new AdmissionPolicy(10, 1000);

    @Test
    void thereIsRoomUpToTheBounds() {
        assertThat(decide(9, 900, 100)).isInstanceOf(Decision.Admit.class);
        assertThat(decide(10, 100, 1)).isInstanceOf(Decision.Refuse.class);
        assertThat(decide(9, 901, 100)).isInstanceOf(Decision.Refuse.class);
    }

    @Test
    void aPromptBeyondTheBoundMayWaitAlone() {
        assertThat(decide(0, 0, 5000)).isInstanceOf(Decision.Admit.class);
    }

    @Test
    void aFullQueueIsToBeAskedAgainWhenItHasDrained() {
        assertThat(waitOfFull(4.2)).isEqualTo(Duration.ofSeconds(5));
        assertThat(waitOfFull(0)).isEqualTo(Duration.ofSeconds(1));
        assertThat(waitOfFull(1e9)).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void aDeadlineThatWouldPassWhileWaitingIsRefusedAtOnce() {
        AdmissionPolicy.Queue queue = new AdmissionPolicy.Queue(3, 30, 8, 6.5);
        assertThat(policy.decide(queue, 1, 6.5, true)).isInstanceOf(Decision.Admit.class);
        assertThat(policy.decide(queue, 1, 2.0, true)).isInstanceOfSatisfying(Decision.Refuse.class, refuse -> {
            assertThat(refuse.retryAfter()).isEqualTo(Duration.ofSeconds(5));
            assertThat(refuse.message()).contains("deadline is in 2000 ms", "3 requests wait", "start in 6500 ms");
        });
    }

    @Test
    void behindABurstWhoWouldWaitTooLongIsRefusedUnlessNobodyWaitsForIt() {
        AdmissionPolicy impatient = new AdmissionPolicy(100, 1000, Duration.ofMillis(1500));
        AdmissionPolicy.Queue queue = new AdmissionPolicy.Queue(64, 64, 8, 3.2);
        assertThat(impatient.decide(queue, 1, 100, true)).isInstanceOfSatisfying(Decision.Refuse.class, refuse -> {
            assertThat(refuse.retryAfter()).isEqualTo(Duration.ofSeconds(2));
            assertThat(refuse.message()).contains("64 requests wait", "start in 3200 ms", "later than in 1500 ms");
        });
        assertThat(impatient.decide(queue, 1, 100, false)).isInstanceOf(Decision.Admit.class);
        assertThat(impatient.decide(new AdmissionPolicy.Queue(63, 63, 8, 3.2), 1, 100, true))
                .isInstanceOf(Decision.Admit.class);
        assertThat(impatient.decide(new AdmissionPolicy.Queue(64, 64, 8, 1.5), 1, 100, true))
                .isInstanceOf(Decision.Admit.class);
        assertThat(new AdmissionPolicy(100, 1000).decide(queue, 1, 100, true)).isInstanceOf(Decision.Admit.class);
    }

    @Test
    void whatWasNeverMeasuredRefusesNobody() {
        assertThat(policy.decide(new AdmissionPolicy.Queue(3, 30, 0, 0), 1, 0.001, true))
                .isInstanceOf(Decision.Admit.class);
    }

    private Decision decide(int requests, long waiting, int tokens) {
        return policy.decide(
                new AdmissionPolicy.Queue(requests, waiting, 0, 0), tokens, Double.POSITIVE_INFINITY, true);
    }

    private Duration waitOfFull(double seconds) {
        AdmissionPolicy.Queue queue = new AdmissionPolicy.Queue(10, 10, seconds, 0);
        return ((Decision.Refuse) policy.decide(queue, 1, 1, true)).retryAfter();
    }
}
