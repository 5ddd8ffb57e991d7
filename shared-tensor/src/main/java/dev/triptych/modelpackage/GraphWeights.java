package dev.triptych.modelpackage;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Weighs an ONNX file: its own bytes, and those of other files that {@code ModelProto.graph.initializer.external_data}
 * names. Several graphs may take different parts of one such file.
 */
public final class GraphWeights {

    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int TENSOR_EXTERNAL = 13;
    private static final int ENTRY_KEY = 1;
    private static final int ENTRY_VALUE = 2;

    private final Path folder;
    private final ProtoReader reader;
    private long externalBytes;

    private GraphWeights(Path folder, ProtoReader reader) {
        this.folder = folder;
        this.reader = reader;
    }

    /**
     * Bytes that a graph brings with it.
     *
     * @throws ModelPackageException if the file is not an ONNX graph
     */
    public static long bytes(Path graph) {
        try (FileChannel channel = FileChannel.open(graph);
                Arena arena = Arena.ofConfined()) {
            long size = channel.size();
            GraphWeights weights = new GraphWeights(
                    folder(graph), new ProtoReader(channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena)));
            weights.reader.message(size, (field, length) -> weights.graph(field == MODEL_GRAPH, length));
            return size + weights.externalBytes;
        } catch (IOException | IndexOutOfBoundsException e) {
            throw new ModelPackageException(graph.getFileName() + " is not a readable ONNX graph", e);
        }
    }

    private static Path folder(Path graph) {
        return Objects.requireNonNull(graph.toAbsolutePath().getParent(), "a file is in a folder");
    }

    private void graph(boolean wanted, long length) {
        if (wanted) {
            reader.message(length, (field, size) -> tensor(field == GRAPH_INITIALIZER, size));
        }
    }

    private void tensor(boolean wanted, long length) {
        if (wanted) {
            External external = new External();
            reader.message(length, (field, size) -> {
                if (field == TENSOR_EXTERNAL) {
                    entry(size, external);
                }
            });
            externalBytes += external.bytes();
        }
    }

    private void entry(long length, External external) {
        String[] entry = {"", ""};
        reader.message(length, (field, size) -> {
            if (field == ENTRY_KEY || field == ENTRY_VALUE) {
                entry[field - ENTRY_KEY] = reader.text(size);
            }
        });
        switch (entry[0]) {
            case "location" -> external.location = entry[1];
            case "offset" -> external.offset = number(entry[1]);
            case "length" -> external.length = number(entry[1]);
            default -> {}
        }
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IndexOutOfBoundsException("no number: " + text);
        }
    }

    /** Where a tensor's bytes lie if not in the graph. */
    private final class External {

        private String location = "";
        private long offset;
        private long length = -1;

        /** Without a length, what is left of the file belongs to it. */
        long bytes() {
            if (location.isEmpty() || length >= 0) {
                return Math.max(0, length);
            }
            try {
                return Files.size(folder.resolve(location)) - offset;
            } catch (IOException e) {
                return 0;
            }
        }
    }
}
