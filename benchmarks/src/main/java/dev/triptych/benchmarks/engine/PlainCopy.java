package dev.triptych.benchmarks.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model's folder without its fused graphs, so that the same weights run as the plain graphs which anybody exports. Made of
 * links; gone once closed.
 */
record PlainCopy(Path folder) implements AutoCloseable {

    private static final String MANIFEST = "triptych.json";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    static PlainCopy of(Path model) throws IOException {
        Path folder = Files.createTempDirectory("triptych-plain");
        for (Path file : children(model.toAbsolutePath())) {
            Path copy = folder.resolve(String.valueOf(file.getFileName()));
            if (copy.endsWith(MANIFEST)) {
                ObjectNode manifest = (ObjectNode) JSON.readTree(Files.readAllBytes(file));
                ObjectNode decoders = (ObjectNode) manifest.path("decoders");
                ((ObjectNode) decoders.path("autoregressive")).remove("fused");
                decoders.retain("autoregressive");
                Files.writeString(copy, JSON.writeValueAsString(manifest));
            } else {
                Files.createSymbolicLink(copy, file);
            }
        }
        return new PlainCopy(folder);
    }

    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.toList();
        }
    }

    @Override
    public void close() throws IOException {
        for (Path file : children(folder)) {
            Files.delete(file);
        }
        Files.delete(folder);
    }
}
