package dev.triptych.text.translation;

import dev.triptych.text.generation.GenerationEvent.GenerationTiming;

/** Adds up where the sentences of a text spent their time. Not thread-safe. */
final class TimingSum {

    private long queueNanos;
    private long encodeNanos;
    private long decodeNanos;
    private int steps;
    private int drafted;
    private int accepted;

    void add(GenerationTiming timing) {
        queueNanos += timing.queueNanos();
        encodeNanos += timing.encodeNanos();
        decodeNanos += timing.decodeNanos();
        steps += timing.steps();
        drafted += timing.drafted();
        accepted += timing.accepted();
    }

    void add(TimingSum other) {
        queueNanos += other.queueNanos;
        encodeNanos += other.encodeNanos;
        decodeNanos += other.decodeNanos;
        steps += other.steps;
        drafted += other.drafted;
        accepted += other.accepted;
    }

    Translation.Timing sum() {
        return new Translation.Timing(queueNanos, encodeNanos, decodeNanos, steps, drafted, accepted);
    }
}
