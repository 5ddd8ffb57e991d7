package dev.triptych.vision.api;

import java.io.ByteArrayOutputStream;
import java.util.function.Supplier;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reads a body while counting it. What goes beyond the limit is thrown away, not kept, but for a while it is still
 * received: a client that is cut off while it sends never sees the answer that tells it why.
 */
final class CountedBody {

    private static final int DRAIN_FACTOR = 4;
    private static final long LEAST_DRAINED = 64 << 20;

    private final long most;
    private final long patience;
    private final Supplier<? extends RuntimeException> tooLarge;

    /**
     * @param most bytes to accept
     * @param tooLarge the error of a longer body
     */
    CountedBody(long most, Supplier<? extends RuntimeException> tooLarge) {
        this.most = most;
        this.patience = Math.max(most * DRAIN_FACTOR, LEAST_DRAINED);
        this.tooLarge = tooLarge;
    }

    /**
     * The whole body; an empty array where there is none.
     *
     * @param share what the request holds; a body that finds no room fails once it is received
     */
    Mono<byte[]> bytes(Flux<DataBuffer> body, HeldBytes.Share share) {
        return Mono.defer(() -> {
            Bytes bytes = new Bytes(share);
            // Mapped, so that no operator behind sees a buffer and releases it once more.
            return body.map(bytes::add).takeUntil(seen -> seen > patience).then(Mono.fromSupplier(bytes::toArray));
        });
    }

    /** Fails, once it is received, a body that says itself that it is too long; a client that asks first is told at once. */
    Mono<Void> refuseByLength(ServerHttpRequest request, HeldBytes.Share share) {
        HttpHeaders headers = request.getHeaders();
        if (headers.getContentLength() <= most) {
            return Mono.empty();
        }
        return headers.containsHeader(HttpHeaders.EXPECT)
                ? Mono.error(tooLarge)
                : bytes(request.getBody(), share).then();
    }

    /** The bytes so far, of one subscriber; releases every buffer that it is given. */
    private final class Bytes {

        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private final HeldBytes.Share share;
        private long seen;
        private boolean crowded;

        Bytes(HeldBytes.Share share) {
            this.share = share;
        }

        long add(DataBuffer buffer) {
            int count = buffer.readableByteCount();
            seen += count;
            try {
                crowded |= seen <= most && !share.take(count);
                if (seen <= most && !crowded) {
                    byte[] chunk = new byte[count];
                    buffer.read(chunk);
                    kept.write(chunk, 0, count);
                } else {
                    kept.reset();
                    share.close();
                }
                return seen;
            } finally {
                DataBufferUtils.release(buffer);
            }
        }

        byte[] toArray() {
            if (seen > most) {
                throw tooLarge.get();
            }
            if (crowded) {
                throw HeldBytes.overloaded();
            }
            return kept.toByteArray();
        }
    }
}
