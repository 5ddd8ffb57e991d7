package dev.triptych.engine;

/**
 * How to open a graph.
 *
 * @param device the device asked for
 * @param threads threads of one graph run on CPU; 0 leaves it to the runtime (one per core)
 */
public record SessionOptions(DeviceRequest device, int threads) {

    public SessionOptions {
        if (threads < 0) {
            throw new IllegalArgumentException("threads must be 0 or more, got " + threads);
        }
    }
}
