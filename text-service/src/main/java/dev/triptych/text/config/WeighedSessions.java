package dev.triptych.text.config;

import dev.triptych.engine.DevicePlacement;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.ModelSessions;
import dev.triptych.engine.ModelSignature;
import dev.triptych.engine.NamedTensors;
import dev.triptych.engine.SessionOptions;
import dev.triptych.modelpackage.GraphWeights;
import dev.triptych.tensor.TensorMemory;
import dev.triptych.text.runtime.MemoryBudget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Sets memory aside for a graph's weights before it is opened, and gives it back when it is closed. */
final class WeighedSessions implements ModelSessions {

    private final ModelSessions sessions;
    private final MemoryBudget memory;

    WeighedSessions(ModelSessions sessions, MemoryBudget memory) {
        this.sessions = sessions;
        this.memory = memory;
    }

    /**
     * {@inheritDoc}
     *
     * @throws dev.triptych.text.runtime.MemoryExceededException if there is not so much memory left for models
     */
    @Override
    public ModelSession open(Path graph, SessionOptions options) {
        if (!Files.isRegularFile(graph)) {
            return sessions.open(graph, options);
        }
        String model = owner(graph);
        MemoryBudget.Share share =
                memory.take(model, "model " + model + ": " + graph.getFileName(), GraphWeights.bytes(graph));
        boolean opened = false;
        try {
            ModelSession session = new Weighed(sessions.open(graph, options), share);
            opened = true;
            return session;
        } finally {
            if (!opened) {
                share.close();
            }
        }
    }

    /** The folder of a package, which holds its graphs or has them in {@code onnx/}. */
    private static String owner(Path graph) {
        Path folder = graph.toAbsolutePath().normalize().getParent();
        Path named = folder != null && folder.endsWith("onnx") ? folder.getParent() : folder;
        return named == null ? "?" : String.valueOf(named.getFileName());
    }

    /** A session that holds its share. */
    private record Weighed(ModelSession session, MemoryBudget.Share share) implements ModelSession {

        @Override
        public ModelSignature signature() {
            return session.signature();
        }

        @Override
        public DevicePlacement placement() {
            return session.placement();
        }

        @Override
        public TensorMemory memory() {
            return session.memory();
        }

        @Override
        public void run(NamedTensors inputs, NamedTensors outputs) {
            session.run(inputs, outputs);
        }

        @Override
        public NamedTensors run(NamedTensors inputs, Set<String> wanted) {
            return session.run(inputs, wanted);
        }

        @Override
        public void close() {
            try {
                session.close();
            } finally {
                share.close();
            }
        }
    }
}
