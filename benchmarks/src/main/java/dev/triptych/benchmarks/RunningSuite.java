package dev.triptych.benchmarks;

import java.net.URI;
import picocli.CommandLine.Option;

/** Where a suite runs that somebody has started: on this machine, never elsewhere. */
public final class RunningSuite {

    @Option(names = "--port", description = "the gateway's (default: ${DEFAULT-VALUE})")
    private int port = 8080;

    public int port() {
        return port;
    }

    /** @param path from the slash on */
    public URI gateway(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }
}
