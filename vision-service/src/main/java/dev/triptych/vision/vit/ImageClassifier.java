package dev.triptych.vision.vit;

import dev.triptych.vision.batching.BatchTicket;
import dev.triptych.vision.image.ImageDecoder;
import dev.triptych.vision.image.RgbImage;
import dev.triptych.vision.model.LoadedClassifier;
import dev.triptych.vision.model.VisionModels;
import dev.triptych.wire.ClassificationResult;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The façade that both doors call: decode → prepare → batch → name. Thread-safe and without state of its own; every
 * request ends within its deadline, in an answer or in a {@link TriptychException}.
 */
public final class ImageClassifier {

    private static final Duration BUSY_RETRY = Duration.ofSeconds(1);

    private final VisionModels models;
    private final ImageDecoder decoder;
    private final Threads threads;
    private final Duration deadline;
    private final ClassificationListener listener;

    /**
     * Where work is done and what time it is.
     *
     * @param decoding decodes and resizes; bounded, rejects when full
     * @param completing composes answers; must not run on the submitting engine thread
     */
    public record Threads(Executor decoding, Executor completing, Clock clock) {}

    public ImageClassifier(
            VisionModels models,
            ImageDecoder decoder,
            Threads threads,
            Duration deadline,
            ClassificationListener listener) {
        this.models = models;
        this.decoder = decoder;
        this.threads = threads;
        this.deadline = deadline;
        this.listener = listener;
    }

    /** Takes a request; whatever is wrong with it, or with this service, comes through the result. */
    public PendingClassification submit(ClassificationRequest request) {
        PendingClassification pending = new PendingClassification();
        try {
            LoadedClassifier model = models.classifier(request.model());
            Instant start = threads.clock().instant();
            observe(pending, model.id(), start);
            limit(pending);
            threads.decoding().execute(() -> decode(pending, model, request, start.plus(deadline)));
        } catch (TriptychException e) {
            pending.result().completeExceptionally(e);
        } catch (RejectedExecutionException e) {
            pending.result()
                    .completeExceptionally(new TriptychException.Overloaded(
                            ErrorCode.OVERLOADED, BUSY_RETRY, "too many pictures are waiting to be decoded"));
        }
        return pending;
    }

    private void observe(PendingClassification pending, String model, Instant start) {
        pending.result()
                .whenComplete((answer, error) -> listener.finished(
                        model,
                        outcome(error),
                        Duration.between(start, threads.clock().instant())));
    }

    /** The timer's own exception is no answer for a client, so it is translated on the way. */
    private void limit(PendingClassification pending) {
        CompletableFuture<Void> timer =
                new CompletableFuture<Void>().orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS);
        timer.whenComplete((nothing, error) -> {
            if (error instanceof TimeoutException) {
                pending.result().completeExceptionally(deadlineExceeded());
            }
        });
        pending.result().whenComplete((answer, error) -> timer.cancel(false));
    }

    private TriptychException.Failed deadlineExceeded() {
        return new TriptychException.Failed(
                ErrorCode.DEADLINE_EXCEEDED,
                "the request did not finish within its limit of " + deadline.toMillis() + " ms",
                null);
    }

    private void decode(
            PendingClassification pending, LoadedClassifier model, ClassificationRequest request, Instant until) {
        if (pending.result().isDone()) {
            return;
        }
        try {
            RgbImage image = decoder.decode(request.image());
            BatchTicket ticket = model.batcher().submit(model.preprocessor().prepare(image), until);
            pending.attach(ticket);
            Answer shape = new Answer(model, image.width(), image.height(), request.topK(), request.threshold());
            ticket.scores()
                    .thenApplyAsync(shape::of, threads.completing())
                    .whenComplete((answer, error) -> complete(pending, answer, error));
        } catch (TriptychException e) {
            pending.result().completeExceptionally(e);
        } catch (RuntimeException | Error e) {
            pending.result()
                    .completeExceptionally(
                            new TriptychException.Failed(ErrorCode.INTERNAL, "the picture could not be processed", e));
        }
    }

    /** What the answer needs while the picture waits: its size, not its pixels. */
    private record Answer(LoadedClassifier model, int width, int height, int topK, double threshold) {

        ClassificationResult of(float[] scores) {
            return new ClassificationResult(
                    model.id(), width, height, ClassScores.best(scores, model.labels(), topK, threshold));
        }
    }

    private static void complete(
            PendingClassification pending, @Nullable ClassificationResult answer, @Nullable Throwable error) {
        if (answer != null) {
            pending.result().complete(answer);
        } else if (error != null) {
            pending.result().completeExceptionally(cause(error));
        }
    }

    private static String outcome(@Nullable Throwable error) {
        return switch (error) {
            case null -> "ok";
            case TriptychException e -> e.code().code();
            case CancellationException ignored -> ErrorCode.CANCELLED.code();
            default -> ErrorCode.INTERNAL.code();
        };
    }

    private static Throwable cause(Throwable error) {
        Throwable cause = error.getCause();
        return error instanceof CompletionException && cause != null ? cause : error;
    }
}
