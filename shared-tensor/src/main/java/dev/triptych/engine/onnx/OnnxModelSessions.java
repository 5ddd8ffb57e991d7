package dev.triptych.engine.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.triptych.engine.DevicePlacement;
import dev.triptych.engine.DeviceRequest;
import dev.triptych.engine.EngineException;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.ModelSessions;
import dev.triptych.engine.SessionOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens ONNX graphs. {@code auto} tries CUDA by creating a session there, since the list of providers names CUDA even
 * on machines without a GPU.
 */
public final class OnnxModelSessions implements ModelSessions {

    private static final Logger log = LoggerFactory.getLogger(OnnxModelSessions.class);

    private static final DevicePlacement CPU = new DevicePlacement("cpu", "");

    private final OrtEnvironment environment = RuntimeEnvironment.create();

    @Override
    public ModelSession open(Path graph, SessionOptions options) {
        if (!Files.isRegularFile(graph)) {
            throw new EngineException("there is no graph at " + graph);
        }
        return switch (options.device()) {
            case DeviceRequest.Cpu ignored -> onCpu(graph, options, CPU);
            case DeviceRequest.Cuda cuda -> onCuda(graph, options, cuda.index());
            case DeviceRequest.Auto ignored -> auto(graph, options);
        };
    }

    private ModelSession auto(Path graph, SessionOptions options) {
        try {
            return onCuda(graph, options, 0);
        } catch (EngineException e) {
            String note = "no CUDA device could be used, running on CPU: " + e.getMessage();
            log.info("{}: {}", graph.getFileName(), note);
            return onCpu(graph, options, new DevicePlacement("cpu", note));
        }
    }

    private ModelSession onCpu(Path graph, SessionOptions options, DevicePlacement placement) {
        try (OrtSession.SessionOptions native_ = nativeOptions(options)) {
            return create(graph, native_, placement);
        } catch (OrtException e) {
            throw new EngineException(graph.getFileName() + " could not be opened: " + e.getMessage(), e);
        }
    }

    private ModelSession onCuda(Path graph, SessionOptions options, int index) {
        try (OrtSession.SessionOptions native_ = nativeOptions(options)) {
            native_.addCUDA(index);
            return create(graph, native_, new DevicePlacement("cuda:" + index, ""));
        } catch (OrtException e) {
            throw new EngineException(
                    graph.getFileName() + " could not be opened on cuda:" + index + ": " + e.getMessage(), e);
        }
    }

    private static OrtSession.SessionOptions nativeOptions(SessionOptions options) throws OrtException {
        OrtSession.SessionOptions native_ = new OrtSession.SessionOptions();
        native_.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
        // Idle spinning takes the cores that tokenizing, HTTP and the other service need.
        native_.addConfigEntry("session.intra_op.allow_spinning", "0");
        // A pattern is kept for every combination of input shapes; decoding makes new ones without end.
        native_.setMemoryPatternOptimization(false);
        if (options.threads() > 0) {
            native_.setIntraOpNumThreads(options.threads());
        }
        return native_;
    }

    private ModelSession create(Path graph, OrtSession.SessionOptions native_, DevicePlacement placement)
            throws OrtException {
        return new OnnxModelSession(
                environment,
                environment.createSession(graph.toString(), native_),
                String.valueOf(graph.getFileName()),
                placement);
    }
}
