package dev.triptych.gateway.inference;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.List;
import org.springframework.http.HttpHeaders;

/** Keeps what of a call's metadata goes on to HTTP: who asks, and what the request is known by. */
final class PassedHeaders implements ServerInterceptor {

    private static final Context.Key<HttpHeaders> PASSED = Context.key("passed-headers");

    private static final List<Metadata.Key<String>> KEYS =
            List.of(key("authorization"), key("x-request-id"), key("traceparent"), key("tracestate"));

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    /** Those of the call that runs on this thread. */
    static HttpHeaders current() {
        HttpHeaders headers = PASSED.get();
        return headers == null ? new HttpHeaders() : headers;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
        HttpHeaders headers = new HttpHeaders();
        for (Metadata.Key<String> key : KEYS) {
            String value = metadata.get(key);
            if (value != null) {
                headers.set(key.name(), value);
            }
        }
        return Contexts.interceptCall(Context.current().withValue(PASSED, headers), call, metadata, next);
    }
}
