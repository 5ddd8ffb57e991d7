package dev.triptych.engine;

/**
 * How to open a graph.
 *
 * @param device the device asked for
 * @param threads threads of one graph run on CPU; 0 for one per core that this process may use
 * @param cuda how it is set up there, should it run on a CUDA device
 */
public record SessionOptions(DeviceRequest device, int threads, CudaOptions cuda) {

    public SessionOptions {
        if (threads < 0) {
            throw new IllegalArgumentException("threads must be 0 or more, got " + threads);
        }
    }

    /** Threads of one graph run on CPU, as a number. */
    public int threadsOfARun() {
        return threads > 0 ? threads : ProcessorCores.usable();
    }

    /** With the CUDA provider's own settings. */
    public SessionOptions(DeviceRequest device, int threads) {
        this(device, threads, CudaOptions.DEFAULT);
    }
}
