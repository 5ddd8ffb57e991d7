package dev.triptych.worker;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One item until its outcome. A client's fault ends it at once, any other failure after a few attempts; a lack of room
 * or of a loaded model is no fault of the item's and is waited for without end. Safe from any thread.
 */
final class ItemWork {

    private static final int ATTEMPTS = 3;
    private static final Duration FIRST_BACK_OFF = Duration.ofMillis(100);
    private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(2);

    /** A deadline further away is looked at again when the item's poll comes again. */
    private static final Duration LONGEST_TIMER = Duration.ofHours(1);

    private final ItemAttempt attempts;
    private final Delays delayed;
    private final CompletableFuture<ItemOutcome> outcome = new CompletableFuture<>();
    private volatile ItemAttempt.@Nullable Running running;
    private Duration backOff = FIRST_BACK_OFF;
    private int failures;

    ItemWork(ItemAttempt attempts, Delays delayed) {
        this.attempts = attempts;
        this.delayed = delayed;
    }

    /** Ends the item at {@code deadline}, whatever it has come to. */
    void endBy(Instant deadline, Instant now) {
        Duration left = Duration.between(now, deadline);
        ItemOutcome late = new ItemOutcome.Failed(new TriptychException.Failed(
                ErrorCode.DEADLINE_EXCEEDED, "the item did not end by its deadline, " + deadline, null));
        if (!left.isPositive()) {
            end(late);
        } else if (left.compareTo(LONGEST_TIMER) < 0) {
            var unused = outcome.completeOnTimeout(late, left.toNanos(), TimeUnit.NANOSECONDS)
                    .thenAccept(ended -> {
                        if (ended.equals(late)) {
                            stop();
                        }
                    });
        }
    }

    /** Ends the item from outside, unless it has ended. */
    void end(ItemOutcome ended) {
        if (outcome.complete(ended)) {
            stop();
        }
    }

    CompletableFuture<ItemOutcome> outcome() {
        return outcome;
    }

    /** Begins, or begins again; one attempt runs at a time. */
    void attempt() {
        if (outcome.isDone()) {
            return;
        }
        try {
            ItemAttempt.Running started = attempts.start();
            running = started;
            if (outcome.isDone()) {
                started.cancel().run();
            }
            started.end().whenComplete((ended, failure) -> {
                if (failure == null) {
                    outcome.complete(ended);
                } else {
                    failed(known(failure));
                }
            });
        } catch (TriptychException e) {
            failed(e);
        }
    }

    /** Nobody waits for it any more. */
    void cancel() {
        outcome.cancel(false);
        stop();
    }

    private void stop() {
        ItemAttempt.Running started = running;
        if (started != null) {
            started.cancel().run();
        }
    }

    private void failed(TriptychException failure) {
        if (isFinal(failure)) {
            outcome.complete(new ItemOutcome.Failed(failure));
            return;
        }
        delayed.runAfter(backOff, this::attempt);
        Duration doubled = backOff.multipliedBy(2);
        backOff = doubled.compareTo(LONGEST_BACK_OFF) > 0 ? LONGEST_BACK_OFF : doubled;
    }

    private boolean isFinal(TriptychException failure) {
        return switch (failure.code().category()) {
            case CAPACITY -> false;
            // Not by us, or nobody would hear of it: the engine gave the item up, as it does when it drains.
            case USER -> failure.code() != ErrorCode.CANCELLED;
            case EXTERNAL, INTERNAL -> ++failures >= ATTEMPTS;
        };
    }

    private static TriptychException known(Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapper && wrapper.getCause() != null
                ? wrapper.getCause()
                : failure;
        return cause instanceof TriptychException triptych
                ? triptych
                : new TriptychException.Failed(ErrorCode.INTERNAL, "the item could not be processed", cause);
    }
}
