package dev.triptych.inference;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
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
     * With one thread of its own: a graph uses all cores itself.
     *
     * @param waiting most requests in the queue; each holds its body
     */
    public static InferenceQueue ofOneThread(int waiting) {
        return new InferenceQueue(new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(waiting),
                Thread.ofPlatform().name("infer-", 0).daemon(true).factory()));
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
