package dev.triptych.text.executor;

import dev.triptych.tensor.Tensor;
import dev.triptych.tensor.math.FastLogits;
import dev.triptych.text.generation.PromptToken;
import dev.triptych.text.generation.TokenScore;
import dev.triptych.text.step.StepRow;
import java.util.ArrayList;
import java.util.List;

/**
 * Scores the tokens of prompts while their parts are read: the logits of a position say how likely the token behind it was.
 * Belongs to one step.
 */
final class PromptScores {

    private final List<StepRow.Prefill> rows;
    private final float[] logits;
    private final float[] scratch;
    private final List<List<PromptToken>> scores = new ArrayList<>();

    /** @param rows left-padded to one width */
    PromptScores(List<StepRow.Prefill> rows, int vocabSize) {
        this.rows = rows;
        boolean wanted = rows.stream().anyMatch(row -> row.scored().isPresent());
        this.logits = new float[wanted ? vocabSize : 0];
        this.scratch = new float[logits.length];
        if (wanted) {
            rows.forEach(row -> scores.add(new ArrayList<>()));
        }
    }

    /**
     * Takes a part.
     *
     * @param part of columns {@code from} to {@code to}, float32 {@code [rows, to - from, vocabSize]}
     * @param width columns of the whole
     */
    void take(Tensor part, int width, int from, int to) {
        for (int row = 0; row < scores.size(); row++) {
            StepRow.Prefill prefill = rows.get(row);
            if (prefill.scored().isPresent()) {
                int padding = width - prefill.promptIds().size();
                for (int column = Math.max(from, padding); column < Math.min(to, width - 1); column++) {
                    long place = (long) row * (to - from) + column - from;
                    part.copyFloats(place * logits.length, logits, 0, logits.length);
                    int next = prefill.promptIds().get(column + 1 - padding);
                    scores.get(row).add(score(next, prefill.scored().getAsInt()));
                }
            }
        }
    }

    /** For each row what each token of its prompt but the first scored; empty lists where that was not asked for. */
    List<List<PromptToken>> all() {
        return scores;
    }

    private PromptToken score(int token, int count) {
        int best = FastLogits.argMax(logits, logits.length);
        if (best < 0) {
            return new PromptToken(token, Double.NaN, List.of());
        }
        double logSum = FastLogits.logSumExp(logits, logits.length, logits[best], scratch);
        return new PromptToken(token, logits[token] - logSum, top(count, logSum));
    }

    /** The likeliest tokens, the lowest ids among equals. */
    private List<TokenScore> top(int count, double logSum) {
        int[] ids = new int[Math.min(count, logits.length)];
        int kept = 0;
        for (int token = 0; token < logits.length && ids.length > 0; token++) {
            if (kept < ids.length || logits[token] > logits[ids[kept - 1]]) {
                int at = Math.min(kept, ids.length - 1);
                while (at > 0 && logits[ids[at - 1]] < logits[token]) {
                    ids[at] = ids[at - 1];
                    at--;
                }
                ids[at] = token;
                kept = Math.min(kept + 1, ids.length);
            }
        }
        List<TokenScore> top = new ArrayList<>(ids.length);
        for (int id : ids) {
            top.add(new TokenScore(id, logits[id] - logSum));
        }
        return top;
    }
}
