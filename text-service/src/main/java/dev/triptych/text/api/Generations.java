package dev.triptych.text.api;

import dev.triptych.text.generation.GenerationEvent;
import dev.triptych.text.generation.GenerationEvent.GenerationResult;
import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.runtime.Arrival;
import dev.triptych.text.runtime.EventSink;
import dev.triptych.text.runtime.Submission;
import dev.triptych.text.runtime.TextGenerator;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Requests to the engine as publishers: subscribing submits, canceling the subscription cancels. */
final class Generations {

    private Generations() {}

    /** The end of a request; fails where it ended otherwise than by stopping or by its bound. */
    static Mono<GenerationResult> result(TextGenerator generator, GenerationRequest request) {
        return Mono.deferContextual(context -> {
            Sinks.One<GenerationResult> end = Sinks.one();
            EventSink sink = event -> {
                if (event instanceof GenerationEvent.Finished finished) {
                    TokenCount.add(context, tokens(request, finished.result()));
                    end.tryEmitValue(finished.result());
                }
                return true;
            };
            return submit(generator, request, sink)
                    .then(end.asMono())
                    .map(Generations::completed)
                    .doOnCancel(() -> generator.cancel(request.id()));
        });
    }

    /**
     * All events of a request.
     *
     * @param unreadEvents a reader further behind is canceled
     */
    static Flux<GenerationEvent> events(TextGenerator generator, GenerationRequest request, int unreadEvents) {
        return Flux.deferContextual(context -> {
            Sinks.Many<GenerationEvent> unread =
                    Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(unreadEvents));
            EventSink sink = event -> {
                if (unread.tryEmitNext(event).isFailure()) {
                    unread.tryEmitError(new TriptychException.Failed(
                            ErrorCode.CANCELLED, "the client reads too slowly or is gone", null));
                    return false;
                }
                if (event instanceof GenerationEvent.Finished finished) {
                    TokenCount.add(context, tokens(request, finished.result()));
                    unread.tryEmitComplete();
                }
                return true;
            };
            return submit(generator, request, sink)
                    .thenMany(unread.asFlux())
                    .doOnCancel(() -> generator.cancel(request.id()));
        });
    }

    /** The result itself where it is one that clients get. */
    static GenerationResult completed(GenerationResult result) {
        return switch (result.reason()) {
            case STOP, LENGTH -> result;
            case DEADLINE ->
                throw new TriptychException.Failed(
                        ErrorCode.DEADLINE_EXCEEDED, "the deadline passed before the completion was done", null);
            case CANCELLED -> throw new TriptychException.Failed(ErrorCode.CANCELLED, "the request was canceled", null);
            case ERROR ->
                throw new TriptychException.Failed(ErrorCode.INTERNAL, "generation failed: " + result.message(), null);
        };
    }

    /** Read and generated. */
    private static long tokens(GenerationRequest request, GenerationResult result) {
        return request.promptIds().size()
                + result.sequences().stream()
                        .mapToLong(sequence -> sequence.tokenIds().size())
                        .sum();
    }

    /**
     * Work that leads to a request, such as tokenizing, where the engine would take the request now.
     *
     * @param work does not run where the engine has no room
     */
    static <T> Mono<T> arriving(TextGenerator generator, GenerationParameters parameters, Mono<T> work) {
        return Mono.using(
                () -> {
                    Arrival arrival = generator.arrive(parameters.strategy());
                    refusal(arrival.submission()).ifPresent(refusal -> {
                        throw refusal;
                    });
                    return arrival;
                },
                arrival -> work,
                Arrival::close);
    }

    private static Mono<Void> submit(TextGenerator generator, GenerationRequest request, EventSink sink) {
        return refusal(generator.submit(request, sink))
                .<Mono<Void>>map(Mono::error)
                .orElseGet(Mono::empty);
    }

    private static Optional<TriptychException> refusal(Submission submission) {
        return switch (submission) {
            case Submission.Accepted accepted -> Optional.empty();
            case Submission.Overloaded overloaded ->
                Optional.of(new TriptychException.Overloaded(
                        ErrorCode.OVERLOADED, overloaded.retryAfter(), overloaded.message()));
            case Submission.Unavailable unavailable ->
                Optional.of(new TriptychException.Overloaded(
                        ErrorCode.UNAVAILABLE, unavailable.retryAfter(), unavailable.message()));
        };
    }
}
