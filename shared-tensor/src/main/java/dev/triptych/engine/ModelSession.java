package dev.triptych.engine;

import dev.triptych.tensor.TensorMemory;
import java.util.Set;

/**
 * One loaded graph, ready to run. Safe to call from several threads, but Triptych gives each session one owner.
 *
 * <p>Failure of the native runtime surfaces as {@link EngineException}; the session stays usable unless closed.
 */
public interface ModelSession extends AutoCloseable {

    /** Names, element types and extents of what the graph takes and gives. */
    ModelSignature signature();

    /** Where the graph runs, and why there if that is not what was asked for. */
    DevicePlacement placement();

    /**
     * Memory that runs read and write in place, where the graph runs. Tensors in the host's memory may be given to any
     * run too; on a device they are copied there and back each time.
     */
    default TensorMemory memory() {
        return TensorMemory.host();
    }

    /**
     * Runs the graph and writes the outputs named in {@code outputs} in place; other outputs are not computed.
     * Nothing is copied on CPU.
     *
     * @param inputs every input of the signature, over memory that stays valid during the call
     * @param outputs tensors of exactly the shapes that the graph will produce
     * @throws EngineException if a name, type or shape does not fit, or the runtime fails
     */
    void run(NamedTensors inputs, NamedTensors outputs);

    /**
     * Runs the graph and returns copies of the named outputs, for shapes not known beforehand.
     *
     * @param wanted names of outputs; an empty set means all
     * @return outputs in memory of their own, freed when they become unreachable
     * @throws EngineException if a name, type or shape does not fit, or the runtime fails
     */
    NamedTensors run(NamedTensors inputs, Set<String> wanted);

    /** Frees the graph; idempotent. */
    @Override
    void close();
}
