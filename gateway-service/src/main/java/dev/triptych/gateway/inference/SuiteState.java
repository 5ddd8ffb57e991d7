package dev.triptych.gateway.inference;

import java.util.List;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** What the protocol asks of the server as a whole. */
public final class SuiteState {

    static final String NAME = "triptych";

    /** Beyond the protocol's core: raw tensors behind the JSON, and text generation. */
    static final List<String> EXTENSIONS = List.of("binary_tensor_data", "generate");

    private final String version;
    private final Supplier<Mono<Boolean>> readiness;

    /**
     * @param version of the build
     * @param readiness asked anew each time
     */
    public SuiteState(String version, Supplier<Mono<Boolean>> readiness) {
        this.version = version;
        this.readiness = readiness;
    }

    public String version() {
        return version;
    }

    Mono<Boolean> isReady() {
        return readiness.get();
    }
}
