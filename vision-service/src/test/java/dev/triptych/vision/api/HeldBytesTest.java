package dev.triptych.vision.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.triptych.wire.TriptychException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;

class HeldBytesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final HeldBytes held = new HeldBytes(100);
    private final CountedBody body = new CountedBody(80, () -> new IllegalStateException("too long"));

    @Test
    void aBodyThatFindsNoRoomIsReceivedAndRefusedAndTheNextOneFindsItAgain() {
        try (HeldBytes.Share first = held.share()) {
            assertThat(body.bytes(chunks(7, 10), first).block(PATIENCE)).hasSize(70);
            assertRefused(4);
            try (HeldBytes.Share third = held.share()) {
                assertThat(body.bytes(chunks(3, 10), third).block(PATIENCE)).hasSize(30);
            }
        }
        try (HeldBytes.Share later = held.share()) {
            assertThat(body.bytes(chunks(8, 10), later).block(PATIENCE)).hasSize(80);
        }
    }

    @Test
    void whatIsTooLongHoldsNothing() {
        try (HeldBytes.Share first = held.share();
                HeldBytes.Share second = held.share()) {
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> body.bytes(chunks(9, 10), first).block(PATIENCE));
            assertThat(body.bytes(chunks(8, 10), second).block(PATIENCE)).hasSize(80);
        }
    }

    private void assertRefused(int chunks) {
        try (HeldBytes.Share share = held.share()) {
            assertThatExceptionOfType(TriptychException.Overloaded.class)
                    .isThrownBy(() -> body.bytes(chunks(chunks, 10), share).block(PATIENCE));
        }
    }

    private static Flux<DataBuffer> chunks(int count, int bytes) {
        return Flux.range(0, count).map(i -> DefaultDataBufferFactory.sharedInstance.wrap(new byte[bytes]));
    }
}
