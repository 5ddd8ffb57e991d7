package dev.triptych.vision.vit;

import dev.triptych.vision.batching.BatchTicket;
import dev.triptych.vision.batching.PictureTrace;
import dev.triptych.vision.batching.Priority;
import dev.triptych.vision.batching.PriorityExecutor;
import dev.triptych.vision.image.ImageDecoder;
import dev.triptych.vision.image.ImagePreprocessor;
import dev.triptych.vision.image.PreprocessingSettings.Size;
import dev.triptych.vision.image.RgbImage;
import dev.triptych.vision.model.AttentionGraph;
import dev.triptych.vision.model.LoadedModel;
import dev.triptych.vision.model.VisionModels;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import dev.triptych.wire.VisionResult;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The façade that both doors call: decode → prepare → batch → answer. Thread-safe and without state of its own; every
 * request that somebody waits for ends within its deadline, in an answer or in a {@link TriptychException}. Offline ones
 * yield to those, so that only who asked knows how long they may take.
 */
public final class ImageAnalyzer {

    private static final Duration BUSY_RETRY = Duration.ofSeconds(1);

    private final VisionModels models;
    private final ImageDecoder decoder;
    private final Threads threads;
    private final Duration deadline;
    private final AnalysisListener listener;

    /**
     * Where work is done and what time it is.
     *
     * @param decoding decodes and resizes; bounded, rejects when full
     * @param completing composes answers; bounded, and best so that a full one makes the engine thread compose, which
     *     holds back the next batch
     */
    public record Threads(PriorityExecutor decoding, Executor completing, Clock clock) {}

    public ImageAnalyzer(
            VisionModels models, ImageDecoder decoder, Threads threads, Duration deadline, AnalysisListener listener) {
        this.models = models;
        this.decoder = decoder;
        this.threads = threads;
        this.deadline = deadline;
        this.listener = listener;
    }

    /** Takes a request; whatever is wrong with it, or with this service, comes through the result. */
    public PendingAnalysis submit(VisionRequest request) {
        PendingAnalysis pending = new PendingAnalysis();
        try {
            LoadedModel model = model(request);
            Instant start = threads.clock().instant();
            PictureTrace trace = listener.began(model.id());
            observe(pending, model.id(), start, trace);
            Instant until = Instant.MAX;
            if (request.priority() == Priority.INTERACTIVE) {
                limit(pending);
                until = start.plus(deadline);
            }
            decodeLater(pending, model, request, until, trace);
        } catch (TriptychException e) {
            pending.result().completeExceptionally(e);
        } catch (RejectedExecutionException e) {
            pending.result()
                    .completeExceptionally(new TriptychException.Overloaded(
                            ErrorCode.OVERLOADED, BUSY_RETRY, "too many pictures are waiting to be decoded"));
        }
        return pending;
    }

    private void decodeLater(
            PendingAnalysis pending, LoadedModel model, VisionRequest request, Instant until, PictureTrace trace) {
        threads.decoding().of(request.priority()).execute(() -> {
            try (PictureTrace.Scope _ = trace.enter()) {
                decode(pending, model, request, until);
            }
        });
    }

    private void observe(PendingAnalysis pending, String model, Instant start, PictureTrace trace) {
        pending.result().whenComplete((answer, error) -> {
            String outcome = outcome(error);
            try (PictureTrace.Scope _ = trace.enter()) {
                listener.finished(
                        model, outcome, Duration.between(start, threads.clock().instant()));
            }
            trace.ended(outcome);
        });
    }

    /** The timer's own exception is no answer for a client, so it is translated on the way. */
    private void limit(PendingAnalysis pending) {
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

    /** What a model cannot do is told before anything is decoded. */
    private LoadedModel model(VisionRequest request) {
        LoadedModel model = switch (request.options()) {
            case VisionOptions.Attention options -> {
                LoadedModel attentive = models.attentive(request.model());
                var unused = TokenAttention.outputs(
                        options,
                        attentive.task(),
                        attentive.attention().orElseThrow().shape());
                yield attentive;
            }
            case VisionOptions options -> models.serving(request.model(), options.kind());
        };
        var unused = preprocessor(model, request);
        return model;
    }

    private static ImagePreprocessor preprocessor(LoadedModel model, VisionRequest request) {
        if (request.size().isEmpty()) {
            return model.preprocessor();
        }
        boolean fixed = request.options() instanceof VisionOptions.Attention
                && !model.attention().orElseThrow().shape().resizable();
        if (fixed || model.sizes().isEmpty()) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_FIELD, "size", "model '" + model.id() + "' takes pictures of its own size only");
        }
        return model.sizes().get().preprocessor(request.size().getAsInt());
    }

    private static BatchTicket queue(LoadedModel model, VisionRequest request, RgbImage prepared, Instant until) {
        if (request.options() instanceof VisionOptions.Attention attention) {
            AttentionGraph graph = model.attention().orElseThrow();
            int layers = attention.layer().isPresent() ? 1 : graph.shape().layers();
            graph.shape().checkWeights(layers, graph.shape().grid(prepared.width(), prepared.height()));
            Set<String> outputs = TokenAttention.outputs(attention, model.task(), graph.shape());
            return graph.batcher().submit(new BatchTicket.Wish(prepared, outputs, request.priority()), until);
        }
        return model.batcher()
                .submit(new BatchTicket.Wish(prepared, request.options().kind().outputs(), request.priority()), until);
    }

    /** Attentions are large: the thread that they come from composes the answer, so that no second picture's arise before. */
    private Executor composing(VisionRequest request) {
        return request.options() instanceof VisionOptions.Attention ? Runnable::run : threads.completing();
    }

    /** What is kept of a picture: how the model sees it, and its own size. */
    private record Decoded(RgbImage prepared, int width, int height) {}

    private void decode(PendingAnalysis pending, LoadedModel model, VisionRequest request, Instant until) {
        if (pending.result().isDone()) {
            return;
        }
        try {
            Decoded decoded = decoder.decode(
                    request.image(),
                    image -> new Decoded(preprocessor(model, request).prepare(image), image.width(), image.height()));
            RgbImage prepared = decoded.prepared();
            BatchTicket ticket = queue(model, request, prepared, until);
            pending.attach(ticket);
            Size input = new Size(prepared.width(), prepared.height());
            Answer answer = new Answer(model, request.options(), decoded.width(), decoded.height(), input);
            ticket.outputs()
                    .thenApplyAsync(outputs -> answer.of(outputs, pending.result()::isDone), composing(request))
                    .whenComplete((result, error) -> complete(pending, result, error));
        } catch (TriptychException e) {
            pending.result().completeExceptionally(e);
        } catch (RuntimeException | Error e) {
            pending.result()
                    .completeExceptionally(
                            new TriptychException.Failed(ErrorCode.INTERNAL, "the picture could not be processed", e));
        }
    }

    private static void complete(PendingAnalysis pending, @Nullable VisionResult answer, @Nullable Throwable error) {
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
