package dev.triptych.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/** A collector of traces: takes what services export by OTLP over HTTP, at {@link #endpoint}. */
public final class TraceReceiver implements AutoCloseable {

    private final HttpServer server;
    private final ConcurrentLinkedQueue<ReceivedSpan> spans = new ConcurrentLinkedQueue<>();

    /**
     * A span as it came.
     *
     * @param parentId empty where it is a trace's first
     * @param service which exported it
     * @param attributes as text
     * @param events names, in their order
     */
    public record ReceivedSpan(
            String traceId,
            String spanId,
            String parentId,
            String service,
            String name,
            Map<String, String> attributes,
            List<String> events) {}

    private TraceReceiver(HttpServer server) {
        this.server = server;
    }

    public static TraceReceiver start() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            TraceReceiver receiver = new TraceReceiver(server);
            server.createContext("/v1/traces", receiver::take);
            server.start();
            return receiver;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces";
    }

    /** What has come so far of a trace, in no particular order. */
    public List<ReceivedSpan> ofTrace(String traceId) {
        return spans.stream().filter(span -> span.traceId().equals(traceId)).toList();
    }

    /** What has come so far. */
    public List<ReceivedSpan> all() {
        return List.copyOf(spans);
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            read(exchange.getRequestBody().readAllBytes());
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, -1);
        }
    }

    /** Field numbers are those of opentelemetry-proto's {@code ExportTraceServiceRequest}. */
    private void read(byte[] request) {
        for (ProtoFields resource : ProtoFields.of(request).messages(1)) {
            String service = resource.messages(1).stream()
                    .flatMap(attributes -> attributes(attributes, 1).entrySet().stream())
                    .filter(attribute -> attribute.getKey().equals("service.name"))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse("");
            for (ProtoFields scope : resource.messages(2)) {
                scope.messages(2).forEach(span -> spans.add(span(service, span)));
            }
        }
    }

    private static ReceivedSpan span(String service, ProtoFields span) {
        HexFormat hex = HexFormat.of();
        return new ReceivedSpan(
                hex.formatHex(span.bytes(1)),
                hex.formatHex(span.bytes(2)),
                hex.formatHex(span.bytes(4)),
                service,
                span.text(5),
                attributes(span, 9),
                span.messages(11).stream().map(event -> event.text(2)).toList());
    }

    private static Map<String, String> attributes(ProtoFields message, int field) {
        return message.messages(field).stream()
                .collect(Collectors.toMap(
                        pair -> pair.text(1),
                        pair -> pair.messages(2).getFirst().scalar(),
                        (first, second) -> second));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
