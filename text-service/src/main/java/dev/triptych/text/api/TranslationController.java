package dev.triptych.text.api;

import dev.triptych.text.generation.GenerationLimits;
import dev.triptych.text.generation.ParameterException;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.translation.LanguagePair;
import dev.triptych.text.translation.TextFormat;
import dev.triptych.text.translation.TranslationModels;
import dev.triptych.text.translation.TranslationRequest;
import dev.triptych.text.translation.Translator;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** {@code POST /v1/translations}. */
@RestController
class TranslationController {

    private static final String PATH = "/v1/translations";

    private static final String OPTIONS = "options.";

    private final Translator translator;
    private final TranslationModels models;
    private final ApiLimits limits;
    private final Clock clock;

    TranslationController(Translator translator, TranslationModels models, ApiLimits limits, Clock clock) {
        this.translator = translator;
        this.models = models;
        this.limits = limits;
        this.clock = clock;
    }

    @PostMapping(path = PATH, consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<Object>> translate(@RequestBody TranslationBody body, ServerWebExchange exchange) {
        TranslationRequest request = request(body);
        if (body.streams()) {
            return Mono.just(EventStream.of(
                    Translations.stream(
                            translator, request, unread(request), whole -> reply(request, whole, body.wantsTokenIds())),
                    exchange));
        }
        return whole(body, request)
                .map(reply -> ResponseEntity.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .body(reply));
    }

    /** The whole answer, whether or not the body asks for a stream. */
    Mono<TranslationReply> whole(TranslationBody body) {
        return whole(body, request(body));
    }

    private Mono<TranslationReply> whole(TranslationBody body, TranslationRequest request) {
        return Translations.whole(translator, request).map(whole -> reply(request, whole, body.wantsTokenIds()));
    }

    /** What the beams of a sentence settle may come all at once, and so may all its tokens. */
    private int unread(TranslationRequest request) {
        Strategy strategy = request.options().strategy();
        boolean atOnce = strategy instanceof Strategy.Beam || strategy.parallel();
        return limits.unreadEvents()
                + (atOnce
                        ? models.find(request.model(), request.pair()).limits().maxNewTokens()
                        : 0);
    }

    private TranslationRequest request(TranslationBody body) {
        LanguagePair pair = new LanguagePair(
                FieldRules.required(body.source(), "source"), FieldRules.required(body.target(), "target"));
        List<String> texts = FieldRules.texts(body.input(), "input", limits);
        return translator.settled(new TranslationRequest(
                "trans-" + UUID.randomUUID(), Optional.ofNullable(body.model()), pair, texts, options(body, pair)));
    }

    private TranslationRequest.Options options(TranslationBody body, LanguagePair pair) {
        TranslationBody.Options options = body.optionsOrNone();
        for (String name : options.others().keySet()) {
            if (!DecodingFields.NAMES.contains(name)) {
                throw new TriptychException.Rejected(
                        ErrorCode.INVALID_REQUEST, OPTIONS + name, "unknown field " + OPTIONS + name);
            }
        }
        GenerationLimits model =
                models.find(Optional.ofNullable(body.model()), pair).limits();
        DecodingFields fields = new DecodingFields(options.others(), OPTIONS, model);
        Integer maxNewTokens = options.maxNewTokens();
        try {
            return new TranslationRequest.Options(
                    strategy(body, fields),
                    maxNewTokens == null ? OptionalInt.empty() : OptionalInt.of(maxNewTokens),
                    fields.rules(),
                    fields.topLogProbs(),
                    FieldRules.priority(body.priority()),
                    FieldRules.deadline(body.deadlineMs(), clock, limits),
                    new TranslationRequest.Treatment(
                            TextFormat.named(body.format()),
                            GlossaryField.read(body.glossary()),
                            !Boolean.FALSE.equals(options.retry())));
        } catch (ParameterException e) {
            throw FieldRules.invalid(OPTIONS + e.parameter(), OPTIONS + e.getMessage());
        }
    }

    /** What {@code auto} may be settled as takes the fields of greedy decoding. */
    private static Strategy strategy(TranslationBody body, DecodingFields fields) {
        Double loss = body.optionsOrNone().qualityLoss();
        Strategy.Auto auto = new Strategy.Auto(loss == null ? 0 : loss);
        if (auto.name().equals(body.strategy())) {
            fields.strategy("greedy");
            return auto;
        }
        if (loss != null) {
            throw FieldRules.invalid(
                    OPTIONS + "quality_loss",
                    OPTIONS + "quality_loss must be absent unless strategy is auto, got " + loss);
        }
        return fields.strategy(body.strategy());
    }

    private static TranslationReply reply(TranslationRequest request, Translations.Whole whole, boolean withTokenIds) {
        return new TranslationReply(
                request.id(),
                whole.model(),
                request.options().strategy().name(),
                TranslationReply.entries(whole.texts(), withTokenIds),
                TranslationReply.usage(whole.texts()));
    }
}
