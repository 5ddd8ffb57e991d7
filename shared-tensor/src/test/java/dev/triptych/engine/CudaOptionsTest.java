package dev.triptych.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.engine.CudaOptions.ArenaGrowth;
import dev.triptych.engine.CudaOptions.ConvolutionSearch;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The names and values are those of ONNX Runtime's documentation. */
class CudaOptionsTest {

    @Test
    void theRuntimesOwnAreNotSaid() {
        assertThat(CudaOptions.DEFAULT.forDevice(2)).isEqualTo(Map.of("device_id", "2"));
    }

    @Test
    void eachSettingHasTheProvidersName() {
        assertThat(new CudaOptions(1L << 33, ArenaGrowth.SAME_AS_REQUESTED, ConvolutionSearch.HEURISTIC).forDevice(0))
                .isEqualTo(Map.of(
                        "device_id", "0",
                        "gpu_mem_limit", "8589934592",
                        "arena_extend_strategy", "kSameAsRequested",
                        "cudnn_conv_algo_search", "HEURISTIC"));
    }
}
