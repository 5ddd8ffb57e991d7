package dev.triptych.text.runtime;

/** What other threads ask of an engine loop. */
sealed interface Command {

    /** Start a request that admission let in. */
    record Submit(ActiveRequest request) implements Command {}

    /** Let a request go before its next step. */
    record Cancel(String requestId) implements Command {}

    /** Finish what runs and waits, then end. */
    record Drain() implements Command {}

    /** End everything now. */
    record Stop() implements Command {}
}
