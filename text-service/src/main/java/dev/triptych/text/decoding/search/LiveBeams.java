package dev.triptych.text.decoding.search;

import dev.triptych.text.decoding.Hypothesis;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The beams of a group that go on, all of a length.
 *
 * @param scores sum of each beam's log-probs after all rules
 * @param parents the beam of the group before this step that each continues
 */
record LiveBeams(float[] scores, Hypothesis[] hypotheses, int[] parents) {

    /** Before the first step, when all are the same: only the first may be continued. */
    static LiveBeams first(int size) {
        float[] scores = new float[size];
        Arrays.fill(scores, 1, size, BeamGroup.EXCLUDED);
        Hypothesis[] roots = new Hypothesis[size];
        Arrays.fill(roots, Hypothesis.ROOT);
        return new LiveBeams(scores, roots, new int[size]);
    }

    /** @param score of a candidate, a float */
    static LiveBeams of(List<Candidate> candidates, ToDoubleFunction<Candidate> score) {
        float[] scores = new float[candidates.size()];
        Hypothesis[] hypotheses = new Hypothesis[candidates.size()];
        int[] parents = new int[candidates.size()];
        for (int beam = 0; beam < candidates.size(); beam++) {
            scores[beam] = (float) score.applyAsDouble(candidates.get(beam));
            hypotheses[beam] = candidates.get(beam).hypothesis();
            parents[beam] = candidates.get(beam).beam();
        }
        return new LiveBeams(scores, hypotheses, parents);
    }

    int size() {
        return scores.length;
    }

    float score(int beam) {
        return scores[beam];
    }

    Hypothesis hypothesis(int beam) {
        return hypotheses[beam];
    }

    int parent(int beam) {
        return parents[beam];
    }
}
