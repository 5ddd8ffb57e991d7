package dev.triptych.text.executor;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.NamedTensors;
import dev.triptych.tensor.Tensor;
import dev.triptych.text.kvcache.SharedStep;
import dev.triptych.text.step.DraftFrames;
import dev.triptych.text.step.StepRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Encodes the prompts of rows that join, over batches of like length, and puts every decoder layer's cross keys and
 * values where the rows' caches are:
 *
 * <pre>
 *   encoder  [batch, heads, longest of the batch, headSize]  --where the graphs run-->
 *   cache    [rows, heads, sourceCapacity, headSize]
 * </pre>
 */
final class CrossEncoder {

    private final FusedGraphs graphs;
    private final CacheNames names;
    private final PromptTensors prompts;
    private final NamedTensors outputs = new NamedTensors();
    private final Optional<Drafting> drafting;

    CrossEncoder(FusedGraphs graphs, CacheNames names) {
        this.graphs = graphs;
        this.names = names;
        this.prompts = new PromptTensors(graphs.padTokenId());
        this.drafting = graphs.verifier().map(verifier -> new Drafting(verifier, graphs.vocabSize()));
    }

    /**
     * Fills the cross caches of the rows behind {@code running}.
     *
     * @param rows shortest prompt first, all of them drafted or none; may be no rows
     */
    Encoded encode(List<StepRow.Prefill> rows, SharedStep cache, int running) {
        if (rows.isEmpty()) {
            return new Encoded(0, 0, List.of());
        }
        int[] lengths = rows.stream().mapToInt(row -> row.promptIds().size()).toArray();
        int padded = 0;
        List<DraftFrames> drafts = new ArrayList<>(rows.size());
        int from = 0;
        for (int to : LengthBuckets.split(lengths)) {
            int width = lengths[to - 1];
            int[] batch = Arrays.copyOfRange(lengths, from, to);
            drafts.addAll(run(rows.subList(from, to), cache.encoding(batch.length, width), batch, width));
            cache.join(running + from, batch);
            padded += (to - from) * width;
            from = to;
        }
        return new Encoded(Arrays.stream(lengths).sum(), padded, drafts);
    }

    /** @return the rows' drafts, where they are drafted */
    private List<DraftFrames> run(List<StepRow.Prefill> rows, Tensor[] encoding, int[] lengths, int width) {
        outputs.clear();
        for (int layer = 0; layer < graphs.layers(); layer++) {
            outputs.put(names.presentCrossKey[layer], encoding[2 * layer])
                    .put(names.presentCrossValue[layer], encoding[2 * layer + 1]);
        }
        NamedTensors inputs =
                prompts.pack(rows.stream().map(StepRow.Prefill::promptIds).toList(), lengths, width);
        if (!rows.getFirst().drafted()) {
            graphs.encoder().run(inputs, outputs);
            return List.of();
        }
        Drafting drafter = drafting.orElseThrow();
        Tensor states = drafter.states(outputs, rows.size(), width);
        graphs.encoder().run(inputs, outputs);
        return drafter.draft(states, inputs.get(GraphNames.ATTENTION_MASK), lengths);
    }

    /**
     * What was encoded.
     *
     * @param sourceTokens prompt tokens
     * @param paddedTokens positions that the encoder ran over
     * @param drafts of the rows in their order, where they are drafted
     */
    record Encoded(int sourceTokens, int paddedTokens, List<DraftFrames> drafts) {}
}
