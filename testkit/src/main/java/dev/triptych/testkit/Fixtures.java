package dev.triptych.testkit;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;

/** The tiny models and golden outputs under {@code fixtures/}, made by the foundry from PyTorch and Hugging Face. */
public final class Fixtures {

    private Fixtures() {}

    /**
     * A file or folder below {@code fixtures/} as a path. Graphs must be files: run with testkit's classes as a folder,
     * as the build does, or with a jar unpacked.
     */
    public static Path path(String name) {
        URL url = Fixtures.class.getResource("/fixtures/" + name);
        if (url != null && "file".equals(url.getProtocol())) {
            return Path.of(uri(url));
        }
        Path source = Path.of("").toAbsolutePath();
        for (Path folder = source; folder != null; folder = folder.getParent()) {
            Path candidate =
                    folder.resolve("testkit/src/main/resources/fixtures").resolve(name);
            if (Files.exists(candidate)) {
                return candidate;
            }
        }
        throw new IllegalArgumentException("no fixture named " + name);
    }

    private static URI uri(URL url) {
        try {
            return url.toURI();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
