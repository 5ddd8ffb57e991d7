package dev.triptych.text.api;

import dev.triptych.text.translation.TextListener;
import dev.triptych.text.translation.Translation;
import dev.triptych.text.translation.TranslationCall;
import dev.triptych.text.translation.TranslationRequest;
import dev.triptych.text.translation.Translator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.publisher.Sinks;

/** Translations as publishers: subscribing starts one, canceling the subscription cancels it. */
final class Translations {

    private Translations() {}

    /**
     * A translation that came back.
     *
     * @param model the model that translated
     * @param texts one for each text of the request
     */
    record Whole(String model, List<Translation> texts) {}

    static Mono<Whole> whole(Translator translator, TranslationRequest request) {
        return Mono.deferContextual(context -> {
            TranslationCall call = translator.translate(request, TextListener.NONE);
            // A sink, since a future's error after the cancel would be logged as dropped.
            Sinks.One<Whole> end = Sinks.one();
            call.result().whenComplete((texts, failure) -> {
                if (failure == null) {
                    TokenCount.add(context, TranslationReply.usage(texts).totalTokens());
                    end.tryEmitValue(new Whole(call.model(), texts));
                } else {
                    end.tryEmitError(failure);
                }
            });
            return end.asMono().doFinally(signal -> cancelWhereCanceled(signal, call));
        });
    }

    /**
     * Text as it settles, then one last element made from the whole.
     *
     * @param unreadEvents a reader further behind is canceled
     */
    static Flux<Object> stream(
            Translator translator, TranslationRequest request, int unreadEvents, Function<Whole, Object> last) {
        return Flux.deferContextual(context -> {
            Sinks.Many<Object> unread =
                    Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(unreadEvents));
            TextListener listener = new TextListener() {
                @Override
                public boolean onText(int index, String delta) {
                    return unread.tryEmitNext(new TranslationReply.Delta(index, delta))
                            .isSuccess();
                }

                @Override
                public boolean onRefinement(int index, Refinement refinement) {
                    return unread.tryEmitNext(TranslationReply.Refinement.of(index, refinement))
                            .isSuccess();
                }
            };
            TranslationCall call = translator.translate(request, listener);
            call.result().whenComplete((texts, failure) -> {
                if (failure == null) {
                    TokenCount.add(context, TranslationReply.usage(texts).totalTokens());
                    unread.tryEmitComplete();
                } else {
                    unread.tryEmitError(failure);
                }
            });
            // The last element waits for demand, not for room among the unread.
            return unread.asFlux()
                    .concatWith(Mono.fromSupplier(() ->
                            last.apply(new Whole(call.model(), call.result().join()))))
                    .doFinally(signal -> cancelWhereCanceled(signal, call));
        });
    }

    /** After the subscription is gone, so that nobody is left to hear of the failure that canceling is. */
    private static void cancelWhereCanceled(SignalType signal, TranslationCall call) {
        if (signal == SignalType.CANCEL) {
            call.cancel();
        }
    }
}
