package dev.triptych.gateway.support;

import org.junit.jupiter.api.BeforeEach;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A gateway before two fake services, which all tests of this kind share; each test says what they answer. */
@GatewayTest
public abstract class FakeServices {

    protected static final FakeService TEXT = FakeService.start();
    protected static final FakeService VISION = FakeService.start();

    @LocalServerPort
    protected int port;

    @DynamicPropertySource
    static void addresses(DynamicPropertyRegistry registry) {
        registry.add("triptych.services.text.url", TEXT::url);
        registry.add("triptych.services.text.management-url", TEXT::url);
        registry.add("triptych.services.vision.url", VISION::url);
        registry.add("triptych.services.vision.management-url", VISION::url);
    }

    @BeforeEach
    void forget() {
        TEXT.ready(true);
        VISION.ready(true);
        TEXT.answerJson(200, "{\"from\":\"text\"}");
        VISION.answerJson(200, "{\"from\":\"vision\"}");
    }
}
