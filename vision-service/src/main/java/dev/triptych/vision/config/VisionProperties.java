package dev.triptych.vision.config;

import dev.triptych.engine.CudaOptions;
import dev.triptych.engine.capi.RuntimeBinding;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The service's settings.
 *
 * @param models folder of the model repository
 * @param device where graphs run: {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}
 * @param engine how ONNX Runtime is called: {@code java} or {@code capi}
 * @param threads threads of one graph run on CPU; 0: one per core that the process, or its container, may use
 * @param cuda how graphs on a CUDA device are set up
 * @param vision pictures and batches
 * @param kafka the worker
 * @param drainDelay from not being ready to closing the doors, when the process is told to stop
 */
@Validated
@ConfigurationProperties(prefix = "triptych", ignoreUnknownFields = false)
public record VisionProperties(
        @NotNull @DefaultValue("models") Path models,

        @NotNull @Pattern(regexp = "auto|cpu|cuda(:\\d{1,4})?") @DefaultValue("auto")
        String device,

        @NotNull @DefaultValue("java") RuntimeBinding engine,
        @Min(0) @DefaultValue("0") int threads,
        @Valid @DefaultValue Cuda cuda,
        @Valid @DefaultValue Vision vision,
        @Valid @DefaultValue Kafka kafka,
        @NotNull @DefaultValue("2s") Duration drainDelay) {

    /**
     * ONNX Runtime's CUDA provider.
     *
     * @param memory most memory that the arena of one graph takes on the device; 0: no bound
     * @param arenaGrowth how an arena grows: {@code next-power-of-two} or {@code same-as-requested}
     * @param convolutionSearch how cuDNN's algorithms are found: {@code exhaustive}, {@code heuristic} or {@code default}
     */
    public record Cuda(
            @NotNull @DefaultValue("0B") DataSize memory,
            @NotNull @DefaultValue("next-power-of-two") CudaOptions.ArenaGrowth arenaGrowth,
            @NotNull @DefaultValue("exhaustive") CudaOptions.ConvolutionSearch convolutionSearch) {

        CudaOptions options() {
            return new CudaOptions(memory.toBytes(), arenaGrowth, convolutionSearch);
        }
    }

    /**
     * Pictures and batches.
     *
     * @param maxImageSize most bytes of an encoded picture
     * @param maxImagePixels most pixels of a decoded one
     * @param maxBatch most pictures of one model call
     * @param maxDelay how long a picture waits for others
     * @param queueCapacity pictures that may wait for one model
     * @param decodeThreads pictures decoded at once; 0: one per core
     * @param decodeQueue pictures that may wait to be decoded
     * @param deadline how long a request may take
     */
    public record Vision(
            @NotNull @DefaultValue("20MB") DataSize maxImageSize,

            @Min(1) @Max(500_000_000) @DefaultValue("64000000")
            long maxImagePixels,

            @Min(1) @Max(1024) @DefaultValue("16") int maxBatch,
            @NotNull @DefaultValue("2ms") Duration maxDelay,
            @Min(1) @DefaultValue("256") int queueCapacity,
            @Min(0) @DefaultValue("0") int decodeThreads,
            @Min(1) @DefaultValue("256") int decodeQueue,
            @NotNull @DefaultValue("30s") Duration deadline) {}

    /**
     * The worker.
     *
     * @param enabled whether this process works on jobs at all
     * @param instanceId stays the same over restarts and differs between processes that run at once; it fences
     *     predecessors
     * @param partitions of topics that are created
     * @param replicas of topics that are created
     * @param retention how long requests, results and dead letters are kept
     * @param maxRecordSize most bytes of a record on the topics that are created
     * @param maxPollRecords most items of one transaction
     * @param transactions how many are under way at once, each with a consumer of its own
     * @param itemsInFlight how many items are worked on at a time
     * @param pollPatience how long a poll may take before it is given back, to be taken up where it was
     */
    public record Kafka(
            @DefaultValue("true") boolean enabled,
            @NotBlank @DefaultValue("vision-0") String instanceId,
            @Min(1) @DefaultValue("6") int partitions,
            @Min(1) @DefaultValue("1") short replicas,
            @NotNull @DefaultValue("7d") Duration retention,
            @NotNull @DefaultValue("8MB") DataSize maxRecordSize,
            @Min(1) @DefaultValue("64") int maxPollRecords,
            @Min(1) @DefaultValue("2") int transactions,
            @Min(1) @DefaultValue("64") int itemsInFlight,
            @NotNull @DefaultValue("2m") Duration pollPatience) {}
}
