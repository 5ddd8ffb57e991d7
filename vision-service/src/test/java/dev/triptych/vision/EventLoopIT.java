package dev.triptych.vision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.vision.TinyModels.Golden;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.http.MediaType;
import org.springframework.http.client.MultipartBodyBuilder;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.BodyInserters;
import reactor.blockhound.BlockHound;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Nothing blocks on Netty's event loop, whichever way a picture comes and however the request ends. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"triptych.kafka.enabled=false", "triptych.device=cpu", "triptych.threads=1"})
@Timeout(180)
class EventLoopIT {

    private static final List<Throwable> BLOCKED = new CopyOnWriteArrayList<>();

    @TempDir
    static Path folder;

    @LocalServerPort
    private int port;

    @BeforeAll
    static void watch() {
        BlockHound.builder()
                .loadIntegrations()
                .blockingMethodCallback(method -> {
                    if (!waitsForATask()) {
                        BLOCKED.add(new IllegalStateException(method + " on " + Thread.currentThread()));
                    }
                })
                // Classes are loaded and lines logged once in a while, by anything.
                .allowBlockingCallsInside("java.lang.ClassLoader", "loadClass")
                .allowBlockingCallsInside("java.lang.invoke.MethodHandleNatives", "linkCallSite")
                .allowBlockingCallsInside("ch.qos.logback.classic.Logger", "callAppenders")
                .install();
    }

    /** BlockHound allows idle workers, but not those that went idle before it was installed. */
    private static boolean waitsForATask() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getMethodName().equals("getTask")
                        && frame.getClassName().equals("java.util.concurrent.ThreadPoolExecutor")));
    }

    @DynamicPropertySource
    static void models(DynamicPropertyRegistry registry) {
        registry.add("triptych.models", () -> TinyModels.repository(folder).toString());
    }

    @Test
    void noRequestBlocksTheEventLoop() {
        // Another client than Netty's, which would share the loop and block it while it loads its codecs.
        WebTestClient client = WebTestClient.bindToServer(new JdkClientHttpConnector())
                .baseUrl("http://127.0.0.1:" + port + "/v1")
                .responseTimeout(Duration.ofSeconds(60))
                .build();
        BLOCKED.clear();
        for (Golden golden : TinyModels.goldens()) {
            var post = client.post().uri("/vision/classifications");
            MultipartBodyBuilder form = new MultipartBodyBuilder();
            form.part("image", new ByteArrayResource(golden.bytes())).filename("picture");
            post.body(BodyInserters.fromMultipartData(form.build()))
                    .exchange()
                    .expectStatus()
                    .isOk();
            client.post()
                    .uri("/vision/classifications")
                    .contentType(MediaType.IMAGE_PNG)
                    .bodyValue(golden.bytes())
                    .exchange()
                    .expectStatus()
                    .isOk();
            client.post()
                    .uri("/vision/classifications")
                    .contentType(MediaType.APPLICATION_JSON)
                    .bodyValue("{\"image\": \"" + Base64.getEncoder().encodeToString(golden.bytes()) + "\"}")
                    .exchange()
                    .expectStatus()
                    .isOk();
        }
        client.post().uri("/vision/classifications").exchange().expectStatus().is4xxClientError();
        client.get().uri("/models").exchange().expectStatus().isOk();
        assertThat(BLOCKED).isEmpty();
    }

    @Test
    void blockingWouldBeSeen() {
        BLOCKED.clear();
        Mono.fromRunnable(() -> {
                    try {
                        Thread.sleep(1);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .subscribeOn(Schedulers.parallel())
                .block(Duration.ofSeconds(20));
        assertThat(BLOCKED).isNotEmpty();
    }
}
