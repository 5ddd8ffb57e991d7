package dev.triptych.text.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.triptych.text.translation.LanguagePair;
import dev.triptych.text.translation.TranslationModels;
import dev.triptych.text.translation.detection.LanguageDetection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** LibreTranslate's {@code POST /detect} and {@code GET /frontend/settings}. */
@RestController
class DetectController {

    /** What LibreTranslate's own page waits after a key before it translates. */
    private static final int FRONTEND_TIMEOUT_MILLIS = 500;

    private final LanguageDetection detection;
    private final TranslationModels models;
    private final ApiLimits limits;

    DetectController(LanguageDetection detection, TranslationModels models, ApiLimits limits) {
        this.detection = detection;
        this.models = models;
        this.limits = limits;
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    record Body(@Nullable String q) {}

    /** What a page needs to know; keys are the gateway's. */
    record Settings(
            @JsonProperty("apiKeys") boolean apiKeys,
            @JsonProperty("charLimit") int charLimit,
            @JsonProperty("filesTranslation") boolean filesTranslation,
            @JsonProperty("frontendTimeout") int frontendTimeout,
            @JsonProperty("keyRequired") boolean keyRequired,
            Defaults language,
            boolean suggestions,
            @JsonProperty("supportedFilesFormat") List<String> supportedFilesFormat) {}

    record Defaults(Language source, Language target) {}

    record Language(String code, String name) {}

    /** Likeliest first; empty where a text has no letters. */
    @PostMapping(path = "/detect", consumes = MediaType.APPLICATION_JSON_VALUE)
    List<LibreTranslateBody.Detected> detect(@RequestBody Body body) {
        String text = FieldRules.text(FieldRules.required(body.q(), "q"), "q", limits);
        return detection.guesses(text).stream()
                .map(LibreTranslateBody.Detected::of)
                .toList();
    }

    @PostMapping(path = "/detect", consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    Mono<List<LibreTranslateBody.Detected>> detectForm(ServerWebExchange exchange) {
        return exchange.getFormData()
                .onErrorMap(
                        IllegalArgumentException.class,
                        e -> FieldRules.invalid("body", "the form is not well-formed: " + e.getMessage()))
                .map(form -> detect(new Body(form.getFirst("q"))));
    }

    @GetMapping("/frontend/settings")
    Settings settings() {
        String target =
                models.pairs().stream().map(LanguagePair::target).findFirst().orElse("en");
        Defaults defaults = new Defaults(
                new Language("auto", "Auto Detect"),
                new Language(target, Locale.forLanguageTag(target).getDisplayLanguage(Locale.ENGLISH)));
        return new Settings(
                false,
                limits.maxTextChars(),
                true,
                FRONTEND_TIMEOUT_MILLIS,
                false,
                defaults,
                false,
                FileToTranslate.ENDINGS);
    }
}
