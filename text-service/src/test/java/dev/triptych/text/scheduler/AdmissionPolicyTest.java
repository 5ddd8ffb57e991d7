package dev.triptych.text.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.scheduler.AdmissionPolicy.Decision;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AdmissionPolicyTest {

    private final AdmissionPolicy policy = new AdmissionPolicy(10, 1000);

    @Test
    void thereIsRoomUpToTheBounds() {
        assertThat(policy.decide(9, 900, 100, 0)).isInstanceOf(Decision.Admit.class);
        assertThat(policy.decide(10, 100, 1, 0)).isInstanceOf(Decision.Refuse.class);
        assertThat(policy.decide(9, 901, 100, 0)).isInstanceOf(Decision.Refuse.class);
    }

    @Test
    void aPromptBeyondTheBoundMayWaitAlone() {
        assertThat(policy.decide(0, 0, 5000, 0)).isInstanceOf(Decision.Admit.class);
    }

    @Test
    void theWaitIsWhatTheMeasuredRateNeedsForTheQueue() {
        assertThat(expectedWait(500, 100)).isEqualTo(Duration.ofSeconds(5));
        assertThat(expectedWait(500, 0)).isEqualTo(Duration.ofSeconds(1));
        assertThat(expectedWait(500, 1e9)).isEqualTo(Duration.ofSeconds(1));
        assertThat(expectedWait(500, 1e-9)).isEqualTo(Duration.ofSeconds(60));
    }

    private Duration expectedWait(long tokens, double rate) {
        return ((Decision.Refuse) policy.decide(10, tokens, 1, rate)).retryAfter();
    }
}
