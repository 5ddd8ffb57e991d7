package dev.triptych.text.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.translation.LanguagePair;
import dev.triptych.text.translation.Translation;
import dev.triptych.text.translation.TranslationModels;
import dev.triptych.text.translation.TranslationRequest;
import dev.triptych.text.translation.TranslationStrategies;
import dev.triptych.text.translation.Translator;
import dev.triptych.text.translation.detection.LanguageDetection;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.multipart.FilePart;
import org.springframework.http.codec.multipart.FormFieldPart;
import org.springframework.http.codec.multipart.Part;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** LibreTranslate's {@code POST /translate_file}, and where its answer says the translation lies. */
@RestController
class FileTranslationController {

    private static final String AUTO = "auto";
    private static final String DOWNLOAD = "/download_file/";
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_NAME = 100;

    private final Translator translator;
    private final TranslationModels models;
    private final LanguageDetection detection;
    private final ApiLimits limits;
    private final Scheduler workers;
    private final TranslatedFiles files;

    FileTranslationController(
            Translator translator,
            TranslationModels models,
            LanguageDetection detection,
            ApiLimits limits,
            Scheduler workers,
            Clock clock) {
        this.translator = translator;
        this.models = models;
        this.detection = detection;
        this.limits = limits;
        this.workers = workers;
        this.files = new TranslatedFiles(clock);
    }

    record Reply(@JsonProperty("translatedFileUrl") URI translatedFileUrl) {}

    @PostMapping(path = "/translate_file", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
    Mono<Reply> translate(ServerWebExchange exchange) {
        return exchange.getMultipartData().flatMap(form -> {
            String source = field(form, "source");
            String target = field(form, "target");
            if (!(form.getFirst("file") instanceof FilePart file)) {
                return Mono.error(FieldRules.invalid("file", "file is required, a part with a file name"));
            }
            String name = baseName(file.filename());
            return DataBufferUtils.join(file.content(), MAX_BYTES)
                    .map(FileTranslationController::bytes)
                    .defaultIfEmpty(new byte[0])
                    .publishOn(workers)
                    .flatMap(content -> translated(FileToTranslate.read(name, content), source, target))
                    .map(content -> new Reply(url(exchange, files.keep(offered(name, target), content))));
        });
    }

    private static String field(MultiValueMap<String, Part> form, String name) {
        if (form.getFirst(name) instanceof FormFieldPart field && !field.value().isBlank()) {
            return field.value();
        }
        throw FieldRules.invalid(name, name + " is required");
    }

    /** Some clients send a whole path, and nobody's name for a file goes into a header as it is. */
    private static String baseName(String given) {
        String name = given.substring(Math.max(given.lastIndexOf('/'), given.lastIndexOf('\\')) + 1);
        return name.replaceAll("[\\p{Cntrl}\"]", "_").substring(Math.max(0, name.length() - MAX_NAME));
    }

    private static byte[] bytes(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }

    private Mono<byte[]> translated(FileToTranslate file, String source, String target) {
        List<String> texts = file.texts();
        long characters = texts.stream().mapToLong(String::length).sum();
        if (characters > limits.maxTextChars()) {
            throw new TriptychException.Rejected(
                    ErrorCode.TOO_LARGE,
                    "file",
                    "file may have " + limits.maxTextChars() + " characters to translate, got " + characters
                            + "; ./triptych translate takes files of any size");
        }
        String from = source.equals(AUTO)
                ? detection
                        .among(models.sourcesFor(target), String.join("\n", texts))
                        .language()
                : source;
        TranslationRequest request = new TranslationRequest(
                "file-" + UUID.randomUUID(),
                Optional.empty(),
                new LanguagePair(from, target),
                texts,
                new TranslationRequest.Options(
                                TranslationStrategies.named(null),
                                OptionalInt.empty(),
                                Priority.INTERACTIVE,
                                Optional.empty())
                        .with(TranslationRequest.Treatment.of(file.format())));
        return Translations.whole(translator, request)
                .publishOn(workers)
                .map(whole ->
                        file.with(whole.texts().stream().map(Translation::text).toList()));
    }

    /** {@code manual.txt} in German is {@code manual.de.txt}. */
    private static String offered(String name, String target) {
        int dot = name.lastIndexOf('.');
        return name.substring(0, dot) + "." + target + name.substring(dot);
    }

    /** Where the client found this service: the gateway leaves it the client's own {@code Host}. */
    private static URI url(ServerWebExchange exchange, String key) {
        HttpHeaders headers = exchange.getRequest().getHeaders();
        String scheme = headers.getFirst("X-Forwarded-Proto");
        return UriComponentsBuilder.newInstance()
                .scheme("https".equals(scheme) ? "https" : "http")
                .host(host(headers).getHostString())
                .port(host(headers).getPort() == 0 ? -1 : host(headers).getPort())
                .path(DOWNLOAD)
                .pathSegment(key)
                .encode()
                .build()
                .toUri();
    }

    private static InetSocketAddress host(HttpHeaders headers) {
        @Nullable InetSocketAddress host = headers.getHost();
        return host == null ? InetSocketAddress.createUnresolved("localhost", 0) : host;
    }

    @GetMapping(DOWNLOAD + "{key}")
    ResponseEntity<byte[]> download(@PathVariable String key) {
        byte[] content = files.get(key)
                .orElseThrow(() -> new TriptychException.Rejected(
                        ErrorCode.NOT_FOUND, "key", "there is no such file, or it is gone: files are kept 10 minutes"));
        String name = key.substring(key.indexOf('.') + 1);
        // Never shown in place: what a stranger's file says must not run in this page's name.
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.attachment()
                                .filename(name, StandardCharsets.UTF_8)
                                .build()
                                .toString())
                .body(content);
    }
}
