package dev.triptych.engine.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import dev.triptych.engine.EngineException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Creates ONNX Runtime's environment, of which a process has one.
 *
 * <p>While it is created, ONNX Runtime 1.29 matches a pattern against the process's command line by recursion. A long
 * class path overflows an ordinary stack there, which ends the process without a word; hence a thread of its own, for
 * that moment only.
 */
final class RuntimeEnvironment {

    /** Deep enough for the longest command line that Linux allows; only what is used takes memory. */
    private static final long STACK_BYTES = 512L << 20;

    private RuntimeEnvironment() {}

    static OrtEnvironment create() {
        FutureTask<OrtEnvironment> creation = new FutureTask<>(
                () -> OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "triptych"));
        Thread.ofPlatform()
                .name("onnxruntime-start")
                .stackSize(STACK_BYTES)
                .daemon(true)
                .start(creation);
        try {
            return creation.get();
        } catch (ExecutionException e) {
            throw new EngineException("ONNX Runtime could not be started: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException("starting ONNX Runtime was interrupted", e);
        }
    }
}
