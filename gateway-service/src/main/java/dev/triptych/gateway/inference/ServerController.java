package dev.triptych.gateway.inference;

import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** The protocol's server endpoints. */
@RestController
final class ServerController {

    private final SuiteState suite;

    ServerController(SuiteState suite) {
        this.suite = suite;
    }

    @GetMapping("/v2")
    ServerMetadata metadata() {
        return new ServerMetadata(SuiteState.NAME, suite.version(), SuiteState.EXTENSIONS);
    }

    @GetMapping("/v2/health/live")
    Live live() {
        return new Live(true);
    }

    /** 503 while the suite starts or drains, and while a service behind it is not ready. */
    @GetMapping("/v2/health/ready")
    Mono<ResponseEntity<Ready>> ready() {
        return suite.isReady()
                .map(ready -> ResponseEntity.status(ready ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
                        .body(new Ready(ready)));
    }

    record ServerMetadata(String name, String version, List<String> extensions) {}

    record Live(boolean live) {}

    record Ready(boolean ready) {}
}
