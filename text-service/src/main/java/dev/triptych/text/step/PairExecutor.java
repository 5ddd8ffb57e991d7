package dev.triptych.text.step;

import dev.triptych.text.generation.AttentionOutcome;
import java.util.List;

/** Runs a source and a given target through a model, beside the loop that generates. One caller at a time. */
public interface PairExecutor extends AutoCloseable {

    /**
     * Looks at what each target token looks at, all in one pass.
     *
     * @param source the encoder's input; at least one token
     * @param target what the decoder is to say, its start token left out; at least one token
     */
    AttentionOutcome attend(List<Integer> source, List<Integer> target);

    @Override
    void close();
}
