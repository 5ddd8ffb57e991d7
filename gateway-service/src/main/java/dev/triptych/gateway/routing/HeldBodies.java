package dev.triptych.gateway.routing;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Holds small bodies until an answer begins, so that a request can be sent to a second replica. All together have a
 * bound; a body over it, a large one and one of unknown length stream on as they come and are sent once. Safe from any
 * thread.
 */
public final class HeldBodies {

    private final int largest;
    private final long room;
    private final AtomicLong taken = new AtomicLong();

    /**
     * @param largest that is held
     * @param room    for all that are held at a time
     */
    public HeldBodies(DataSize largest, DataSize room) {
        this.largest = Math.toIntExact(largest.toBytes());
        this.room = room.toBytes();
    }

    /**
     * A request on its way to a service.
     *
     * @param again whether its body can be sent more than once
     */
    record Outgoing(ServerHttpRequest request, boolean again) {}

    /** Reads the body as far as it is held, and frees it once {@code use} has ended. */
    Mono<Void> with(ServerHttpRequest request, Function<Outgoing, Mono<Void>> use) {
        HttpHeaders headers = request.getHeaders();
        long length = headers.getContentLength();
        if (length == 0 || length < 0 && !headers.containsHeader(HttpHeaders.TRANSFER_ENCODING)) {
            return use.apply(new Outgoing(new Held(request, new byte[0]), true));
        }
        if (length < 0 || length > largest || !take(length)) {
            return use.apply(new Outgoing(request, false));
        }
        return DataBufferUtils.join(request.getBody(), largest)
                .map(HeldBodies::bytes)
                .defaultIfEmpty(new byte[0])
                .flatMap(body -> use.apply(new Outgoing(new Held(request, body), true)))
                .doFinally(signal -> taken.addAndGet(-length));
    }

    private boolean take(long length) {
        if (taken.addAndGet(length) <= room) {
            return true;
        }
        taken.addAndGet(-length);
        return false;
    }

    private static byte[] bytes(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }

    private static final class Held extends ServerHttpRequestDecorator {

        private final byte[] body;

        Held(ServerHttpRequest request, byte[] body) {
            super(request);
            this.body = body;
        }

        @Override
        public Flux<DataBuffer> getBody() {
            return body.length == 0
                    ? Flux.empty()
                    : Flux.defer(() -> Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(body)));
        }
    }
}
