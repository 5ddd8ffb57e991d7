package dev.triptych.text.decoding.search;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/** What a pass over several drafted tokens means for the one sequence that they were drafted for. */
public final class Verification {

    private Verification() {}

    /**
     * The search's own steps, one after another, for as long as each chooses what was drafted; the last one may choose
     * otherwise. Changes nothing. Empty where the first position is no clear choice.
     *
     * @param search of one sequence
     * @param draft the tokens that the pass was given behind the last one generated
     * @param scores what the pass says behind each of these, the last one generated being the first, by position
     * @param clear whether the scores of a position can be trusted to choose as a pass over one token would
     */
    public static List<SearchStep> steps(
            Search search, List<Integer> draft, IntFunction<RowScores> scores, IntPredicate clear) {
        RowSearch ahead = ((RowSearch) search).fork();
        List<SearchStep> steps = new ArrayList<>(draft.size() + 1);
        for (int position = 0; position <= draft.size() && clear.test(position); position++) {
            SearchStep step = ahead.step(scores.apply(position));
            steps.add(step);
            if (!(step instanceof SearchStep.Advance advance) || position == draft.size()) {
                break;
            }
            ahead.commit(advance);
            if (ahead.liveRows() == 0 || ahead.lastToken(0) != draft.get(position)) {
                break;
            }
        }
        return steps;
    }
}
