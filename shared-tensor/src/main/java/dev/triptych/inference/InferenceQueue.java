package dev.triptych.inference;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * Where requests to bare graphs wait for their turn, so that they never run on an event loop and not all at once. Reading
 * and writing their tensors is part of the turn. What is no longer wanted when its turn comes is dropped.
 */
public final class InferenceQueue {

    private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);

    private final Executor turns;

    /** @param turns threads of its own behind a bounded queue; rejects what does not fit */
    public InferenceQueue(Executor turns) {
        this.turns = turns;
    }

    /**
     * Queues work. Cancelling the future drops it unless it runs already.
     *
     * @throws TriptychException.Overloaded if the queue is full
     */
    public <T> CompletableFuture<T> submit(Supplier<T> work) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            turns.execute(() -> run(work, answer));
        } catch (RejectedExecutionException e) {
            throw new TriptychException.Overloaded(
                    ErrorCode.OVERLOADED, SHORTEST_RETRY, "too many requests to bare graphs are waiting");
        }
        return answer;
    }

    private static <T> void run(Supplier<T> work, CompletableFuture<T> answer) {
        if (answer.isDone()) {
            return;
        }
        try {
            answer.complete(work.get());
        } catch (RuntimeException | Error e) {
            answer.completeExceptionally(e);
            if (e instanceof Error fatal) {
                throw fatal;
            }
        }
    }
}
