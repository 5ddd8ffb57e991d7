package dev.triptych.gateway.playground;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.MediaTypeFactory;
import org.springframework.util.DigestUtils;
import org.springframework.web.reactive.function.server.RequestPredicate;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** The page and its files. A browser asks for HTML by name; everybody else keeps the index in JSON at {@code /}. */
public final class Playground {

    private static final String FOLDER = "/playground/";
    private static final String PAGE = "index.html";
    private static final List<String> FILES = List.of(
            PAGE, "style.css", "icon.svg", "main.js", "http.js", "translation.js", "picture.js", "mask.js", "batch.js");

    /** Scripts and styles of this origin only; pictures that the user dropped are {@code blob:} addresses. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            + "img-src 'self' blob: data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private final Map<String, Asset> assets;

    private Playground(Map<String, Asset> assets) {
        this.assets = assets;
    }

    /** Reads all files from the class path. */
    public static Playground load() {
        Map<String, Asset> assets = new LinkedHashMap<>();
        FILES.forEach(name -> assets.put(name, Asset.read(name)));
        return new Playground(assets);
    }

    /** {@code /} for browsers, and {@code /playground/NAME}. */
    public RouterFunction<ServerResponse> routes() {
        Asset page = Objects.requireNonNull(assets.get(PAGE));
        RouterFunctions.Builder routes = RouterFunctions.route().route(atRoot(), request -> answer(request, page));
        assets.forEach((name, asset) -> routes.GET(FOLDER + name, request -> answer(request, asset)));
        return routes.build();
    }

    private static RequestPredicate atRoot() {
        return RequestPredicates.path("/")
                .and(RequestPredicates.methods(HttpMethod.GET, HttpMethod.HEAD))
                .and(request -> request.headers().accept().stream()
                        .anyMatch(type -> type.equalsTypeAndSubtype(MediaType.TEXT_HTML)));
    }

    private static Mono<ServerResponse> answer(ServerRequest request, Asset asset) {
        // On "not modified" too: a browser replaces the kept page's headers by those of that answer.
        request.exchange().getResponse().getHeaders().set("Content-Security-Policy", POLICY);
        return request.checkNotModified(asset.tag())
                .switchIfEmpty(Mono.defer(() -> ServerResponse.ok()
                        .contentType(asset.type())
                        .eTag(asset.tag())
                        .cacheControl(CacheControl.noCache())
                        .varyBy(HttpHeaders.ACCEPT)
                        .bodyValue(asset.bytes())));
    }

    private record Asset(MediaType type, String tag, byte[] bytes) {

        static Asset read(String name) {
            try (InputStream in = Playground.class.getResourceAsStream(FOLDER + name)) {
                if (in == null) {
                    throw new IllegalStateException("the playground's " + name + " is not on the class path");
                }
                byte[] bytes = in.readAllBytes();
                MediaType type = MediaTypeFactory.getMediaType(name).orElseThrow();
                return new Asset(type, '"' + DigestUtils.md5DigestAsHex(bytes) + '"', bytes);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read the playground's " + name, e);
            }
        }
    }
}
