package dev.triptych.text.job;

import dev.triptych.text.translation.DelayedTasks;
import dev.triptych.text.translation.TextListener;
import dev.triptych.text.translation.Translation;
import dev.triptych.text.translation.TranslationCall;
import dev.triptych.text.translation.TranslationRequest;
import dev.triptych.text.translation.Translator;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TranslationResult;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * One item until its outcome. A client's fault ends it at once, any other failure after a few attempts; a lack of room
 * or of a loaded model is no fault of the item's and is waited for without end. Safe from any thread.
 */
final class ItemWork {

    private static final int ATTEMPTS = 3;
    private static final Duration FIRST_BACK_OFF = Duration.ofMillis(100);
    private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(2);

    private final TranslationRequest request;
    private final Translator translator;
    private final DelayedTasks delayed;
    private final CompletableFuture<ItemOutcome> outcome = new CompletableFuture<>();
    private volatile @Nullable TranslationCall running;
    private Duration backOff = FIRST_BACK_OFF;
    private int failures;

    ItemWork(TranslationRequest request, Translator translator, DelayedTasks delayed) {
        this.request = request;
        this.translator = translator;
        this.delayed = delayed;
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
            TranslationCall call = translator.translate(request, TextListener.NONE);
            running = call;
            if (outcome.isCancelled()) {
                call.cancel();
            }
            call.result().whenComplete((translations, failure) -> {
                if (failure == null) {
                    outcome.complete(new ItemOutcome.Translated(result(call.model(), translations.getFirst())));
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
        TranslationCall call = running;
        if (call != null) {
            call.cancel();
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

    private TranslationResult result(String model, Translation translation) {
        return new TranslationResult(
                model,
                request.options().strategy().name(),
                translation.text(),
                translation.score(),
                translation.promptTokens(),
                translation.tokenIds().size(),
                translation.warnings());
    }
}
