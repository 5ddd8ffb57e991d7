package dev.triptych.text.job;

import dev.triptych.text.generation.Priority;
import dev.triptych.text.translation.LanguagePair;
import dev.triptych.text.translation.TextListener;
import dev.triptych.text.translation.Translation;
import dev.triptych.text.translation.TranslationCall;
import dev.triptych.text.translation.TranslationRequest;
import dev.triptych.text.translation.TranslationStrategies;
import dev.triptych.text.translation.Translator;
import dev.triptych.text.translation.WellFormedText;
import dev.triptych.wire.ChainCall;
import dev.triptych.wire.ChainHop;
import dev.triptych.wire.ChainItem;
import dev.triptych.wire.ChainStep;
import dev.triptych.wire.EndpointAnswer;
import dev.triptych.wire.EndpointItem;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.TranslationItem;
import dev.triptych.wire.TranslationResult;
import dev.triptych.wire.TriptychException;
import dev.triptych.worker.ItemAttempt;
import dev.triptych.worker.ItemAttempt.Running;
import dev.triptych.worker.ItemOutcome;
import dev.triptych.worker.ItemReader;
import io.cloudevents.CloudEvent;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The items of {@code triptych.text.requests}: texts to translate, and requests to endpoints. */
public final class TextItems implements ItemReader {

    /** An answer need not name a model. */
    private static final String NO_MODEL = "none";

    private final Translator translator;
    private final EndpointCalls endpoints;

    public TextItems(Translator translator, EndpointCalls endpoints) {
        this.translator = translator;
        this.endpoints = endpoints;
    }

    @Override
    public ItemAttempt attempt(CloudEvent event) {
        return switch (event.getType()) {
            case EventTypes.TRANSLATE -> {
                TranslationRequest request = request(ItemEvents.payload(event, TranslationItem.class), priority(event));
                yield () -> translate(request);
            }
            case EventTypes.CALL -> {
                EndpointItem item = ItemEvents.payload(event, EndpointItem.class);
                // The schema has seen to its being an object.
                ObjectNode body = (ObjectNode) item.body();
                body.putIfAbsent(
                        "priority", body.stringNode(priority(event) == Priority.BATCH ? "batch" : "interactive"));
                yield () -> call(item.url(), body);
            }
            default ->
                throw new TriptychException.Rejected(
                        ErrorCode.INVALID_FIELD,
                        "ce_type",
                        "ce_type must be " + EventTypes.TRANSLATE + " or " + EventTypes.CALL + ", got \""
                                + event.getType() + "\"");
        };
    }

    @Override
    public Step step(ChainStep step, ChainItem item) {
        TranslationRequest request = request(
                Optional.ofNullable(step.model()),
                new LanguagePair(String.valueOf(step.source()), String.valueOf(step.target())),
                item.requireTexts(),
                step.strategy(),
                OptionalInt.empty(),
                Priority.BATCH);
        return () -> {
            TranslationCall call = translator.translate(translator.settled(request), TextListener.NONE);
            return new RunningStep(
                    call.result()
                            .thenApply(texts -> new ChainHop(
                                    ChainCall.TRANSLATE.call(),
                                    call.model(),
                                    texts.stream().map(Translation::text).toList(),
                                    null)),
                    call::cancel);
        };
    }

    private static Priority priority(CloudEvent event) {
        return ItemEvents.interactive(event) ? Priority.INTERACTIVE : Priority.BATCH;
    }

    private static TranslationRequest request(TranslationItem item, Priority priority) {
        Integer maxNewTokens = item.maxNewTokens();
        return request(
                Optional.ofNullable(item.model()),
                new LanguagePair(item.source(), item.target()),
                List.of(item.input()),
                item.strategy(),
                maxNewTokens == null ? OptionalInt.empty() : OptionalInt.of(maxNewTokens),
                priority);
    }

    private static TranslationRequest request(
            Optional<String> model,
            LanguagePair languages,
            List<String> texts,
            @Nullable String strategy,
            OptionalInt maxNewTokens,
            Priority priority) {
        texts.forEach(text -> WellFormedText.require(text, "input"));
        return new TranslationRequest(
                "item-" + UUID.randomUUID(),
                model,
                languages,
                texts,
                new TranslationRequest.Options(
                        TranslationStrategies.named(strategy), maxNewTokens, priority, Optional.empty()));
    }

    private Running translate(TranslationRequest request) {
        TranslationRequest settled = translator.settled(request);
        TranslationCall call = translator.translate(settled, TextListener.NONE);
        return new Running(
                call.result()
                        .thenApply(texts -> new ItemOutcome.Answered(
                                call.model(), EventTypes.TRANSLATED, result(settled, call, texts.getFirst()))),
                call::cancel);
    }

    private Running call(String url, ObjectNode body) {
        var answer = endpoints.answer(url, body);
        return new Running(
                answer.thenApply(json -> new ItemOutcome.Answered(
                        Objects.requireNonNull(json).path("model").asString(NO_MODEL),
                        EventTypes.ANSWERED,
                        new EndpointAnswer(json))),
                () -> answer.cancel(false));
    }

    private static TranslationResult result(TranslationRequest request, TranslationCall call, Translation translation) {
        return new TranslationResult(
                call.model(),
                request.options().strategy().name(),
                translation.text(),
                translation.score(),
                translation.promptTokens(),
                translation.tokenIds().size(),
                translation.warnings());
    }
}
