package dev.triptych.text.api;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import reactor.core.publisher.Flux;

/** Server-sent events: JSON data, and {@code [DONE]} at the end of every stream, also of one that failed. */
final class EventStream {

    private static final String DONE = "[DONE]";

    private EventStream() {}

    /**
     * A streamed answer. A failure before the first event keeps its status; a later one becomes an event.
     *
     * @param events payloads, written as JSON
     * @param path decides the shape of an error event
     */
    static ResponseEntity<Object> of(Flux<?> events, String path) {
        Flux<ServerSentEvent<String>> stream = events.map(EventStream::event)
                .switchOnFirst((first, all) -> first.isOnError()
                        ? all
                        : all.onErrorResume(failure -> Flux.just(event(errorBody(failure, path)))))
                .concatWithValues(data(DONE));
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
