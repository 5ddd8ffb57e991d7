package dev.triptych.text.api;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;

/** Server-sent events: JSON data and, where the protocol has it so, {@code [DONE]} at the end, also of one that failed. */
final class EventStream {

    private static final String DONE = "[DONE]";

    private EventStream() {}

    /**
     * A streamed answer. A failure before the first event keeps its status; a later one becomes an event.
     *
     * @param events payloads, written as JSON
     * @param exchange its path decides the shape of an error event; the stream ends with it
     */
    static ResponseEntity<Object> of(Flux<?> events, ServerWebExchange exchange) {
        return answer(events(events, exchange).concatWithValues(data(DONE)));
    }

    /** The same without {@code [DONE]}. */
    static ResponseEntity<Object> withoutEnd(Flux<?> events, ServerWebExchange exchange) {
        return answer(events(events, exchange));
    }

    private static Flux<ServerSentEvent<String>> events(Flux<?> events, ServerWebExchange exchange) {
        String path = exchange.getRequest().getPath().value();
        return ExchangeEnd.boundTo(exchange, events)
                .map(EventStream::event)
                .switchOnFirst((first, all) -> first.isOnError()
                        ? all
                        : all.onErrorResume(failure -> Flux.just(event(errorBody(failure, path)))))
                .concatWith(TokenCount.comment());
    }

    private static ResponseEntity<Object> answer(Flux<ServerSentEvent<String>> stream) {
        return ResponseEntity.ok().contentType(MediaType.TEXT_EVENT_STREAM).body(stream);
    }

    private static Object errorBody(Throwable failure, String path) {
        return ErrorShape.of(path).body(ApiError.of(failure));
    }

    private static ServerSentEvent<String> event(Object payload) {
        return data(ApiJson.mapper().writeValueAsString(payload));
    }

    /** The blank before the data is the form that OpenAI writes; parsers drop it. */
    private static ServerSentEvent<String> data(String data) {
        return ServerSentEvent.builder(" " + data).build();
    }
}
