package dev.triptych.text.config;

import dev.triptych.engine.CudaOptions;
import dev.triptych.engine.capi.RuntimeBinding;
import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Which models run, where, and within what bounds.
 *
 * @param models the model repository: a folder whose sub-folders are models
 * @param device {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}
 * @param engine how ONNX Runtime is called: {@code java}, or {@code capi}, which keeps caches on the device
 * @param threads threads of one graph run on CPU; 0: one per core that the process, or its container, may use
 * @param variants suffixes of graphs to try, in order, such as {@code int8}; empty means what each package prefers
 * @param memory for the graphs and caches of all models together; a load that would take more is refused; 0: no bound
 * @param cuda how graphs on a CUDA device are set up
 * @param watch how changes of the repository are noticed
 * @param limits bounds per model
 */
@Validated
@ConfigurationProperties("triptych")
public record EngineProperties(
        @DefaultValue("models") Path models,

        @DefaultValue("auto")
        @Pattern(regexp = "auto|cpu|cuda(:\\d{1,4})?", message = "must be auto, cpu, cuda or cuda:N")
        String device,

        @DefaultValue("java") RuntimeBinding engine,
        @DefaultValue("0") @Min(0) int threads,
        @DefaultValue List<@Pattern(regexp = "[a-z0-9]*") String> variants,
        @DefaultValue("0B") DataSize memory,
        @DefaultValue @Valid Cuda cuda,
        @DefaultValue @Valid Watch watch,
        @DefaultValue @Valid Limits limits) {

    /**
     * ONNX Runtime's CUDA provider.
     *
     * @param memory most memory that the arena of one graph takes on the device; 0: no bound
     * @param arenaGrowth how an arena grows: {@code next-power-of-two} or {@code same-as-requested}
     * @param convolutionSearch how cuDNN's algorithms are found: {@code exhaustive}, {@code heuristic} or {@code default}
     */
    public record Cuda(
            @DefaultValue("0B") DataSize memory,
            @DefaultValue("next-power-of-two") CudaOptions.ArenaGrowth arenaGrowth,
            @DefaultValue("exhaustive") CudaOptions.ConvolutionSearch convolutionSearch) {

        /** As the engine takes it. */
        public CudaOptions options() {
            return new CudaOptions(memory.toBytes(), arenaGrowth, convolutionSearch);
        }
    }

    /**
     * Changes of the repository.
     *
     * @param interval between two looks; 0: changes are not looked for
     * @param quiet how long a folder must not change before it counts as whole
     * @param grace how long nothing must be in flight on a version that was replaced or unloaded before it is closed
     */
    public record Watch(
            @DefaultValue("2s") Duration interval,
            @DefaultValue("4s") Duration quiet,
            @DefaultValue("5s") Duration grace) {}

    /**
     * Bounds of one model.
     *
     * @param rows most sequences that run at once
     * @param batchTokens most padded prompt positions of one encoder batch
     * @param queueRequests most requests that wait
     * @param queueTokens most prompt tokens that wait
     * @param queueWait how long a request that somebody waits for may be expected to wait once 64 wait; 0: any time
     * @param promptTokens longest prompt, within what the model's positions allow
     * @param embeddingTokens longest text to embed, within what the model's positions allow
     * @param newTokens most tokens of one output, within what the model's positions allow
     * @param cache memory for keys and values
     * @param startFraction a new cohort starts once the requests waiting are at least this part of the rows running
     * @param hold the longest that a request waits for a larger cohort while there is room
     * @param drain how long requests in flight may take to finish when the service stops
     */
    public record Limits(
            @DefaultValue("64") @Min(1) int rows,
            @DefaultValue("8192") @Min(1) int batchTokens,
            @DefaultValue("1024") @Min(1) int queueRequests,
            @DefaultValue("131072") @Min(1) long queueTokens,
            @DefaultValue("500ms") Duration queueWait,
            @DefaultValue("1024") @Min(1) int promptTokens,
            @DefaultValue("16384") @Min(1) int embeddingTokens,
            @DefaultValue("512") @Min(1) int newTokens,
            @DefaultValue("2GB") DataSize cache,
            @DefaultValue("1") @DecimalMin("0") double startFraction,
            @DefaultValue("250ms") Duration hold,
            @DefaultValue("20s") Duration drain) {}
}
