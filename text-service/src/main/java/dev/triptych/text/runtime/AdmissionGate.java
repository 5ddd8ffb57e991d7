package dev.triptych.text.runtime;

import dev.triptych.text.scheduler.AdmissionPolicy;
import dev.triptych.text.scheduler.AdmissionPolicy.Decision;

/** Counts what waits and asks the policy. Safe from any thread: clients enter, the engine's thread lets out. */
final class AdmissionGate {

    private final AdmissionPolicy policy;
    private final RateMeter rate = new RateMeter();
    private int requests;
    private long tokens;

    AdmissionGate(AdmissionPolicy policy) {
        this.policy = policy;
    }

    /** Counts a request in if there is room. */
    synchronized Decision enter(int promptTokens) {
        Decision decision = policy.decide(requests, tokens, promptTokens, rate.perSecond());
        if (decision instanceof Decision.Admit) {
            requests++;
            tokens += promptTokens;
        }
        return decision;
    }

    /** Counts a request out that starts. */
    synchronized void started(int promptTokens, long nowNanos) {
        left(promptTokens);
        rate.add(promptTokens, nowNanos);
    }

    /** Counts a request out that ended while waiting. */
    synchronized void left(int promptTokens) {
        requests--;
        tokens -= promptTokens;
    }

    synchronized int waiting() {
        return requests;
    }
}
