package dev.triptych.text.api;

import dev.triptych.text.generation.Strategy;
import dev.triptych.text.translation.LanguagePair;
import dev.triptych.text.translation.TranslationRequest;
import dev.triptych.text.translation.TranslationStrategies;
import dev.triptych.text.translation.Translator;
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

    private final Translator translator;
    private final ApiLimits limits;
    private final Clock clock;

    TranslationController(Translator translator, ApiLimits limits, Clock clock) {
        this.translator = translator;
        this.limits = limits;
        this.clock = clock;
    }

    @PostMapping(path = PATH, consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<Object>> translate(@RequestBody TranslationBody body, ServerWebExchange exchange) {
        TranslationRequest request = request(body);
        if (body.streams()) {
            return Mono.just(EventStream.of(
                    Translations.stream(
                            translator,
                            request,
                            limits.unreadEvents(),
                            whole -> reply(request, whole, body.wantsTokenIds())),
                    exchange));
        }
        return Translations.whole(translator, request)
                .map(whole -> ResponseEntity.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .body(reply(request, whole, body.wantsTokenIds())));
    }

    private TranslationRequest request(TranslationBody body) {
        Strategy strategy = TranslationStrategies.named(body.strategy());
        if (body.glossary() != null && !body.glossary().isNull()) {
            throw FieldRules.invalid("glossary", "glossary is not supported; leave it out");
        }
        LanguagePair pair = new LanguagePair(
                FieldRules.required(body.source(), "source"), FieldRules.required(body.target(), "target"));
        List<String> texts = FieldRules.texts(body.input(), "input", limits);
        Integer maxNewTokens = body.options() == null ? null : body.options().maxNewTokens();
        return new TranslationRequest(
                "trans-" + UUID.randomUUID(),
                Optional.ofNullable(body.model()),
                pair,
                texts,
                new TranslationRequest.Options(
                        strategy,
                        maxNewTokens == null ? OptionalInt.empty() : OptionalInt.of(maxNewTokens),
                        FieldRules.priority(body.priority()),
                        FieldRules.deadline(body.deadlineMs(), clock, limits)));
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
