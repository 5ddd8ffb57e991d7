package dev.triptych.text.decoding.search;

import dev.triptych.text.decoding.LogitsRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Drafts whose least certain places are masked and filled again, pass by pass, by a decoder that sees all other places
 * (Ghazvininejad et al. 2019, arXiv:1904.09324, from a draft in the place of masks). Before pass t of T, counted from 0, {@code
 * share · N (T - t) / T} of N places are masked, rounded up. Changed at commit only.
 */
final class Revision {

    /** What of a draft is in doubt; 0.15 finds fewer new outputs, and more of them were no better. */
    private static final double SHARE = 0.3;

    private final int mask;
    private final int iterations;
    private final List<Draft> drafts = new ArrayList<>();
    private int iteration;

    /**
     * @param mask the token that stands for an open place
     * @param iterations passes
     */
    Revision(int mask, int iterations) {
        this.mask = mask;
        this.iterations = iterations;
    }

    private static final class Draft {

        private final int[] ids;
        private final double[] certainty;
        private boolean[] open = {};

        Draft(List<Token> tokens) {
            ids = tokens.stream().mapToInt(Token::tokenId).toArray();
            certainty = tokens.stream().mapToDouble(Token::logProb).toArray();
        }
    }

    /** Takes drafts, those without tokens left out. */
    void begin(List<List<Token>> outputs) {
        outputs.stream().filter(tokens -> !tokens.isEmpty()).map(Draft::new).forEach(drafts::add);
        drafts.forEach(this::open);
    }

    private void open(Draft draft) {
        int count = (int) Math.ceil(SHARE * draft.ids.length * (iterations - iteration) / iterations);
        draft.open = new boolean[draft.ids.length];
        IntStream.range(0, draft.ids.length)
                .boxed()
                .sorted(Comparator.comparingDouble(place -> draft.certainty[place]))
                .limit(count)
                .forEach(place -> draft.open[place] = true);
    }

    /** Drafts that the next pass revises. */
    int rows() {
        return iteration < iterations ? drafts.size() : 0;
    }

    /** Passes that have filled places. */
    int iteration() {
        return iteration;
    }

    /** The drafts, masked where they are open. */
    List<List<Integer>> inputs() {
        return drafts.stream()
                .map(draft -> IntStream.range(0, draft.ids.length)
                        .mapToObj(place -> draft.open[place] ? mask : draft.ids[place])
                        .toList())
                .toList();
    }

    /** What fills the open places of each draft; null where the decoder's scores are no numbers. */
    @Nullable
    List<List<Token>> fills(RowScores scores) {
        List<List<Token>> fills = new ArrayList<>(drafts.size());
        for (int row = 0; row < drafts.size(); row++) {
            List<Token> fill = new ArrayList<>();
            for (int place = 0; place < drafts.get(row).ids.length; place++) {
                if (drafts.get(row).open[place]) {
                    LogitsRow scored = scores.load(row, place);
                    if (!Double.isFinite(scored.likeliestLogProb())) {
                        return null;
                    }
                    fill.add(new Token(scored.likeliest(), scored.likeliestLogProb(), List.of()));
                }
            }
            fills.add(fill);
        }
        return fills;
    }

    void fill(List<List<Token>> fills) {
        iteration++;
        for (int row = 0; row < drafts.size(); row++) {
            Draft draft = drafts.get(row);
            int next = 0;
            for (int place = 0; place < draft.ids.length; place++) {
                if (draft.open[place]) {
                    Token token = fills.get(row).get(next++);
                    draft.ids[place] = token.tokenId();
                    draft.certainty[place] = token.logProb();
                }
            }
            open(draft);
        }
    }

    /** The drafts as they are now. */
    List<int[]> outputs() {
        return drafts.stream().map(draft -> draft.ids.clone()).toList();
    }
}
