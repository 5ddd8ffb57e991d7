package dev.triptych.text.api;

import dev.triptych.text.generation.Priority;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.translation.LanguagePair;
import dev.triptych.text.translation.TextFormat;
import dev.triptych.text.translation.Translation;
import dev.triptych.text.translation.TranslationModels;
import dev.triptych.text.translation.TranslationRequest;
import dev.triptych.text.translation.TranslationStrategies;
import dev.triptych.text.translation.Translator;
import dev.triptych.text.translation.detection.LanguageDetection;
import dev.triptych.text.translation.detection.LanguageGuess;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** LibreTranslate's {@code POST /translate} and {@code GET /languages}; {@link DetectController} has the rest. */
@RestController
class LibreTranslateController {

    private static final String AUTO = "auto";
    private static final int MAX_ALTERNATIVES = 10;

    private final Translator translator;
    private final TranslationModels models;
    private final LanguageDetection detection;
    private final ApiLimits limits;

    LibreTranslateController(
            Translator translator, TranslationModels models, LanguageDetection detection, ApiLimits limits) {
        this.translator = translator;
        this.models = models;
        this.detection = detection;
        this.limits = limits;
    }

    /** A language and what it can be translated into. */
    record Language(String code, String name, List<String> targets) {}

    @PostMapping(path = "/translate", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<LibreTranslateBody.Reply> translate(@RequestBody LibreTranslateBody body) {
        List<String> texts = FieldRules.texts(body.q(), "q", limits);
        requireInBounds(body);
        String target = FieldRules.required(body.target(), "target");
        String source = FieldRules.required(body.source(), "source");
        // The texts of a request are of one language: the one that all of them together are likeliest in.
        LanguageGuess detected =
                source.equals(AUTO) ? detection.among(models.sourcesFor(target), String.join("\n", texts)) : null;
        LanguagePair pair = new LanguagePair(detected == null ? source : detected.language(), target);
        int alternatives = body.alternatives() == null ? 0 : body.alternatives();
        TranslationRequest request = new TranslationRequest(
                "libre-" + UUID.randomUUID(),
                Optional.empty(),
                pair,
                texts,
                new TranslationRequest.Options(
                                strategy(alternatives), OptionalInt.empty(), Priority.INTERACTIVE, Optional.empty())
                        .with(TranslationRequest.Treatment.of(TextFormat.named(body.format()))));
        boolean list = body.q() != null && body.q().isArray();
        return Translations.whole(translator, request)
                .map(whole -> reply(whole.texts(), detected, list, alternatives > 0));
    }

    /** Alternatives are the next best hypotheses of a beam search. */
    private static Strategy strategy(int alternatives) {
        return alternatives == 0
                ? TranslationStrategies.named(null)
                : Strategy.Beam.of(Math.max(TranslationStrategies.DEFAULT_BEAMS, 1 + alternatives), 1 + alternatives);
    }

    @PostMapping(path = "/translate", consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    Mono<LibreTranslateBody.Reply> translateForm(ServerWebExchange exchange) {
        return exchange.getFormData()
                .onErrorMap(
                        IllegalArgumentException.class,
                        e -> FieldRules.invalid("body", "the form is not well-formed: " + e.getMessage()))
                .flatMap(form -> translate(body(form)));
    }

    @GetMapping("/languages")
    List<Language> languages() {
        TreeMap<String, TreeSet<String>> targets = new TreeMap<>();
        for (LanguagePair pair : models.pairs()) {
            targets.computeIfAbsent(pair.source(), code -> new TreeSet<>()).add(pair.target());
            // Clients look up a target's name in this same list.
            targets.computeIfAbsent(pair.target(), code -> new TreeSet<>());
        }
        return targets.entrySet().stream()
                .map(entry -> new Language(entry.getKey(), name(entry.getKey()), List.copyOf(entry.getValue())))
                .sorted(Comparator.comparing(Language::code))
                .toList();
    }

    private static void requireInBounds(LibreTranslateBody body) {
        Integer alternatives = body.alternatives();
        if (alternatives != null && (alternatives < 0 || alternatives > MAX_ALTERNATIVES)) {
            throw FieldRules.invalid(
                    "alternatives", "alternatives must be from 0 to " + MAX_ALTERNATIVES + ", got " + alternatives);
        }
    }

    private static LibreTranslateBody.Reply reply(
            List<Translation> translations, @Nullable LanguageGuess detected, boolean list, boolean withAlternatives) {
        List<String> texts = translations.stream().map(Translation::text).toList();
        List<List<String>> others =
                translations.stream().map(Translation::alternatives).toList();
        LibreTranslateBody.Detected language = detected == null ? null : LibreTranslateBody.Detected.of(detected);
        return new LibreTranslateBody.Reply(
                list ? texts : texts.getFirst(),
                language != null && list ? Collections.nCopies(texts.size(), language) : language,
                withAlternatives ? list ? others : others.getFirst() : null);
    }

    private static LibreTranslateBody body(MultiValueMap<String, String> form) {
        List<String> q = form.getOrDefault("q", List.of());
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        q.forEach(list::add);
        return new LibreTranslateBody(
                q.isEmpty() ? null : q.size() == 1 ? list.get(0) : list,
                form.getFirst("source"),
                form.getFirst("target"),
                form.getFirst("format"),
                alternatives(form.getFirst("alternatives")));
    }

    private static @Nullable Integer alternatives(@Nullable String given) {
        if (given == null || given.isEmpty()) {
            return null;
        }
        try {
            return Integer.valueOf(given);
        } catch (NumberFormatException e) {
            throw FieldRules.invalid("alternatives", "alternatives must be a number, got \"" + given + "\"");
        }
    }

    private static String name(String code) {
        return Locale.forLanguageTag(code).getDisplayName(Locale.ENGLISH);
    }
}
