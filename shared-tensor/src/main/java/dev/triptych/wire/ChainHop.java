package dev.triptych.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one step came to. Its texts are the next step's input.
 *
 * @param call {@link ChainCall#call()}
 * @param model that did it
 * @param texts the labels, or the translations
 * @param tensor the step's numbers, if it has any, in the form of {@link TensorWire} as base64
 */
public record ChainHop(
        String call,
        String model,
        List<String> texts,
        @Nullable String tensor) {}
