package dev.triptych.benchmarks.strategies;

import dev.triptych.text.generation.ParallelDecoders;
import dev.triptych.text.generation.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * A strategy that takes part.
 *
 * @param label names it in tables and curves
 */
record Contender(String label, Strategy strategy) {

    private static final int BEAMS = 4;

    /** Whether its ids are greedy's. */
    boolean exact() {
        return strategy instanceof Strategy.Greedy || strategy instanceof Strategy.Speculative;
    }

    /** All that a model has. */
    static List<Contender> of(ParallelDecoders decoders) {
        List<Contender> all = new ArrayList<>();
        all.add(new Contender("greedy", new Strategy.Greedy()));
        if (decoders.speculative()) {
            all.add(new Contender("speculative", new Strategy.Speculative()));
        }
        all.add(new Contender("beam " + BEAMS, Strategy.Beam.of(BEAMS)));
        if (decoders.ctc().isPresent()) {
            all.add(new Contender("ctc", Strategy.Ctc.bestPath()));
        }
        if (decoders.scoring()) {
            for (int candidates : List.of(4, 8)) {
                all.add(new Contender("ctc best of " + candidates, Strategy.Ctc.scored(candidates)));
            }
        }
        if (decoders.maskPredict().isPresent()) {
            int lengths = decoders.maskPredict().get().lengthCandidates();
            for (int iterations : List.of(1, 4, 10)) {
                all.add(new Contender(
                        "mask-predict " + iterations,
                        new Strategy.MaskPredict(OptionalInt.of(iterations), OptionalInt.of(lengths), 1)));
            }
            if (decoders.scoring()) {
                for (int drafts : List.of(4, 8)) {
                    all.add(new Contender(
                            "mask-predict " + drafts + " drafts",
                            Strategy.MaskPredict.drafted(OptionalInt.of(1), drafts)));
                }
            }
        }
        return all;
    }
}
