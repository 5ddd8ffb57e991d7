package dev.triptych.gateway.inference;

import dev.triptych.wire.inference.GraphMetadata;
import dev.triptych.wire.inference.InferAnswer;
import dev.triptych.wire.inference.InferAnswerReader;
import dev.triptych.wire.inference.InferBody;
import dev.triptych.wire.inference.InferRequest;
import dev.triptych.wire.inference.InferRequestWriter;
import dev.triptych.wire.inference.ModelReady;
import io.grpc.Status;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * The protocol's HTTP form at the gateway's own door. The way through it costs a hop on the same machine, and gives gRPC
 * the same keys, limits, routes and errors, from the same code.
 */
public final class InferenceCalls {

    private static final String MODEL = "/v2/models/{model}";

    private final WebClient client;
    private final Supplier<String> door;
    private final Duration deadline;

    /**
     * @param client may read answers as large as any graph's
     * @param door the address, known once the server has its port
     * @param deadline of a whole call
     */
    public InferenceCalls(WebClient client, Supplier<String> door, Duration deadline) {
        this.client = client;
        this.door = door;
        this.deadline = deadline;
    }

    Mono<GraphMetadata> metadata(String model, HttpHeaders headers) {
        return get(MODEL, model, headers, GraphMetadata.class);
    }

    Mono<ModelReady> ready(String model, HttpHeaders headers) {
        return get(MODEL + "/ready", model, headers, ModelReady.class);
    }

    private <T> Mono<T> get(String path, String model, HttpHeaders headers, Class<T> type) {
        return bounded(client.get()
                .uri(door.get() + path, model)
                .headers(own -> own.addAll(headers))
                .exchangeToMono(response -> answer(response, ok -> ok.bodyToMono(type))));
    }

    Mono<InferAnswer> infer(String model, InferRequest request, HttpHeaders headers) {
        InferBody body = InferRequestWriter.write(request);
        return bounded(client.post()
                .uri(door.get() + MODEL + "/infer", model)
                .headers(own -> own.addAll(headers))
                .header(
                        InferBody.LENGTH_HEADER,
                        Integer.toString(body.jsonLength().orElseThrow()))
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .bodyValue(body.bytes())
                .exchangeToMono(response -> answer(response, InferenceCalls::inferred)));
    }

    private static Mono<InferAnswer> inferred(ClientResponse response) {
        String length = response.headers().asHttpHeaders().getFirst(InferBody.LENGTH_HEADER);
        return response.bodyToMono(byte[].class)
                .map(bytes -> InferAnswerReader.read(bytes, length == null ? bytes.length : Integer.parseInt(length)));
    }

    private static <T> Mono<T> answer(ClientResponse response, Function<ClientResponse, Mono<T>> read) {
        if (response.statusCode().is2xxSuccessful()) {
            return read.apply(response);
        }
        return response.bodyToMono(JsonNode.class)
                .map(error -> error.path("error").asString(""))
                .onErrorReturn("")
                .defaultIfEmpty("")
                .flatMap(message -> Mono.error(
                        status(response.statusCode()).withDescription(message).asException()));
    }

    private <T> Mono<T> bounded(Mono<T> call) {
        return call.timeout(
                        deadline,
                        Mono.error(() -> Status.DEADLINE_EXCEEDED
                                .withDescription("there was no answer within " + deadline.toSeconds() + " s")
                                .asException()))
                .onErrorMap(
                        DataBufferLimitException.class,
                        e -> Status.RESOURCE_EXHAUSTED
                                .withDescription("the answer is too large; ask for fewer outputs or rows")
                                .asException());
    }

    /** gRPC's word for what HTTP said. */
    static Status status(HttpStatusCode http) {
        return switch (http.value()) {
            case 400, 405, 406, 415, 422 -> Status.INVALID_ARGUMENT;
            case 401 -> Status.UNAUTHENTICATED;
            case 403 -> Status.PERMISSION_DENIED;
            case 404 -> Status.NOT_FOUND;
            case 413, 429 -> Status.RESOURCE_EXHAUSTED;
            case 499 -> Status.CANCELLED;
            case 502, 503 -> Status.UNAVAILABLE;
            case 504 -> Status.DEADLINE_EXCEEDED;
            default -> Status.INTERNAL;
        };
    }
}
