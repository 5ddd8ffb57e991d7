package dev.triptych.engine;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How ONNX Runtime's CUDA provider is set up; nothing of it matters on CPU. See its page of provider options.
 *
 * @param memoryBytes most memory that the arena of one graph takes on the device ({@code gpu_mem_limit}); 0: no bound
 * @param arenaGrowth how an arena that is too small grows ({@code arena_extend_strategy})
 * @param convolutionSearch how cuDNN's algorithm for a convolution is found ({@code cudnn_conv_algo_search})
 */
public record CudaOptions(long memoryBytes, ArenaGrowth arenaGrowth, ConvolutionSearch convolutionSearch) {

    /** The runtime's own. */
    public static final CudaOptions DEFAULT =
            new CudaOptions(0, ArenaGrowth.NEXT_POWER_OF_TWO, ConvolutionSearch.EXHAUSTIVE);

    public CudaOptions {
        if (memoryBytes < 0) {
            throw new IllegalArgumentException("memoryBytes must be 0 or more, got " + memoryBytes);
        }
    }

    /** What an arena takes from the device when it has not enough. */
    public enum ArenaGrowth {
        /** More than was asked for, so that it seldom happens. */
        NEXT_POWER_OF_TWO("kNextPowerOfTwo"),
        /** As much as was asked for: less memory, more calls. */
        SAME_AS_REQUESTED("kSameAsRequested");

        private final String option;

        ArenaGrowth(String option) {
            this.option = option;
        }
    }

    /** How long the first run of a shape looks for the fastest algorithm. */
    public enum ConvolutionSearch {
        /** Tries all of them. */
        EXHAUSTIVE,
        /** Asks cuDNN's heuristic. */
        HEURISTIC,
        /** Takes the one that is always the same. */
        DEFAULT
    }

    /**
     * As names and values for the provider on a device; what is the runtime's own is left out.
     *
     * @param index of the device
     */
    public Map<String, String> forDevice(int index) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("device_id", String.valueOf(index));
        if (memoryBytes > 0) {
            options.put("gpu_mem_limit", String.valueOf(memoryBytes));
        }
        if (arenaGrowth != DEFAULT.arenaGrowth) {
            options.put("arena_extend_strategy", arenaGrowth.option);
        }
        if (convolutionSearch != DEFAULT.convolutionSearch) {
            options.put("cudnn_conv_algo_search", convolutionSearch.name());
        }
        return options;
    }
}
