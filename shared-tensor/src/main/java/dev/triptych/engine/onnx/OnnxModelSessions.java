package dev.triptych.engine.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import dev.triptych.engine.DeviceFallback;
import dev.triptych.engine.DevicePlacement;
import dev.triptych.engine.EngineException;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.ModelSessions;
import dev.triptych.engine.SessionOptions;
import java.nio.file.Path;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens ONNX graphs through ONNX Runtime's Java API. */
public final class OnnxModelSessions implements ModelSessions {

    private static final Logger log = LoggerFactory.getLogger(OnnxModelSessions.class);

    private final OrtEnvironment environment = RuntimeEnvironment.create();

    @Override
    public ModelSession open(Path graph, SessionOptions options) {
        return DeviceFallback.open(
                graph,
                options.device(),
                placement -> onCpu(graph, options, placement),
                index -> onCuda(graph, options, index));
    }

    private ModelSession onCpu(Path graph, SessionOptions options, DevicePlacement placement) {
        if (!placement.note().isEmpty()) {
            log.info("{}: {}", graph.getFileName(), placement.note());
        }
        try (OrtSession.SessionOptions native_ = nativeOptions(options)) {
            return create(graph, native_, placement);
        } catch (OrtException e) {
            throw new EngineException(graph.getFileName() + " could not be opened: " + e.getMessage(), e);
        }
    }

    private ModelSession onCuda(Path graph, SessionOptions options, int index) {
        try (OrtSession.SessionOptions native_ = nativeOptions(options);
                OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(index)) {
            for (Map.Entry<String, String> option :
                    options.cuda().forDevice(index).entrySet()) {
                cuda.add(option.getKey(), option.getValue());
            }
            native_.addCUDA(cuda);
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
        native_.setIntraOpNumThreads(options.threadsOfARun());
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
