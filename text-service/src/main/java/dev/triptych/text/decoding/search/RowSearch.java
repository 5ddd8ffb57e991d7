package dev.triptych.text.decoding.search;

import dev.triptych.text.decoding.LogitsRow;
import dev.triptych.text.decoding.SearchContext;
import dev.triptych.text.decoding.Selection;
import dev.triptych.text.decoding.Sequence;
import dev.triptych.text.decoding.StopRule;
import dev.triptych.text.decoding.TokenSelector;
import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GeneratedSequence;
import dev.triptych.text.generation.TokenScore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sequences that do not know of each other, one for each selector: one row for greedy decoding, {@code bestOf} for
 * sampling. All start from the same row and part with their first token.
 */
final class RowSearch implements Search {

    private final List<Row> rows = new ArrayList<>();
    private final StopRule stop;
    private final int maxNewTokens;
    private final int outputs;
    private final int topLogProbs;
    private int[] live = {0};
    private boolean begun;

    /** One sequence; changed at commit only. */
    private static final class Row {

        private final TokenSelector selector;
        private final Sequence sequence;
        private @Nullable FinishReason reason;

        Row(TokenSelector selector, Sequence sequence) {
            this.selector = selector;
            this.sequence = sequence;
        }
    }

    /**
     * @param selectors one for each sequence
     * @param given what the decoder was given
     * @param outputs how many sequences are returned, those of the highest mean log-prob
     * @param topLogProbs likeliest tokens to keep for each token; -1 where log-probs were not asked for
     */
    RowSearch(List<TokenSelector> selectors, Sequence given, Limits limits, int outputs, int topLogProbs) {
        for (TokenSelector selector : selectors) {
            rows.add(new Row(selector, rows.isEmpty() ? given : given.fork()));
        }
        this.stop = limits.stop();
        this.maxNewTokens = limits.maxNewTokens();
        this.outputs = outputs;
        this.topLogProbs = topLogProbs;
    }

    private RowSearch(RowSearch other) {
        for (Row row : other.rows) {
            Row copy = new Row(row.selector, row.sequence.fork());
            copy.reason = row.reason;
            rows.add(copy);
        }
        this.stop = other.stop;
        this.maxNewTokens = other.maxNewTokens;
        this.outputs = other.outputs;
        this.topLogProbs = other.topLogProbs;
        this.live = other.live.clone();
        this.begun = other.begun;
    }

    /** A copy that goes on by itself; steps that it decides can be committed here, in their order. */
    RowSearch fork() {
        return new RowSearch(this);
    }

    /** When its sequences end. */
    record Limits(StopRule stop, int maxNewTokens) {}

    /**
     * The next token of each live sequence.
     *
     * @param numbers of the sequences
     * @param reasons why they end; null where they go on
     * @param parents present rows of those that go on
     */
    private record Step(
            int[] numbers, Token[] tokens, @Nullable FinishReason[] reasons, int[] parents)
            implements SearchStep.Advance {

        @Override
        public int liveRows() {
            return parents.length;
        }

        @Override
        public int parent(int row) {
            return parents[row];
        }
    }

    @Override
    public int liveRows() {
        return live.length;
    }

    @Override
    public int lastToken(int row) {
        return begun ? rows.get(live[row]).sequence.last() : -1;
    }

    @Override
    public SearchStep step(RowScores scores) {
        int count = begun ? live.length : rows.size();
        int[] numbers = new int[count];
        Token[] tokens = new Token[count];
        @Nullable FinishReason[] reasons = new FinishReason[count];
        int[] parents = new int[count];
        int goOn = 0;
        for (int i = 0; i < count; i++) {
            numbers[i] = begun ? live[i] : i;
            Row row = rows.get(numbers[i]);
            LogitsRow logits = scores.load(begun ? i : 0);
            Sequence sequence = row.sequence;
            List<TokenScore> raw = logits.top(Math.max(topLogProbs, 0), 0);
            switch (row.selector.select(new SearchContext(logits, sequence, maxNewTokens))) {
                case Selection.Broken broken -> {
                    return new SearchStep.Broken(broken.reason());
                }
                case Selection.Chosen chosen -> {
                    tokens[i] = new Token(chosen.tokenId(), chosen.logProb(), normalized(raw, logits, chosen));
                    reasons[i] = stop.after(sequence, chosen.tokenId(), maxNewTokens);
                }
            }
            if (reasons[i] == null) {
                parents[goOn++] = begun ? i : 0;
            }
        }
        return new Step(numbers, tokens, reasons, goOn == count ? parents : Arrays.copyOf(parents, goOn));
    }

    private static List<TokenScore> normalized(List<TokenScore> raw, LogitsRow logits, Selection.Chosen chosen) {
        if (raw.isEmpty()) {
            return raw;
        }
        double logSum = logits.raw(chosen.tokenId()) - chosen.logProb();
        return raw.stream()
                .map(score -> new TokenScore(score.tokenId(), score.logProb() - logSum))
                .toList();
    }

    @Override
    public void commit(SearchStep decided) {
        if (!(decided instanceof Step step)) {
            throw new IllegalArgumentException("not a step of this search: " + decided);
        }
        int[] next = new int[step.parents.length];
        int kept = 0;
        for (int i = 0; i < step.numbers.length; i++) {
            Row row = rows.get(step.numbers[i]);
            Token token = step.tokens[i];
            row.sequence.append(token.tokenId(), token.logProb(), token.top());
            row.reason = step.reasons[i];
            if (row.reason == null) {
                next[kept++] = step.numbers[i];
            }
        }
        live = next;
        begun = true;
    }

    @Override
    public int outputs() {
        return outputs;
    }

    /** Which of more sequences than wanted will be the best is known at the end only. */
    @Override
    public int settled(int output) {
        return outputs == rows.size() ? rows.get(output).sequence.generatedCount() : 0;
    }

    @Override
    public Token token(int output, int index) {
        Sequence sequence = rows.get(output).sequence;
        return new Token(sequence.id(sequence.givenCount() + index), sequence.logProb(index), sequence.top(index));
    }

    @Override
    public List<GeneratedSequence> results(FinishReason unfinished) {
        return rows.stream()
                .sorted(outputs == rows.size() ? (a, b) -> 0 : BEST_FIRST)
                .limit(outputs)
                .map(row -> result(row, unfinished))
                .toList();
    }

    private static final Comparator<Row> BEST_FIRST =
            Comparator.comparingDouble(row -> -row.sequence.score() / Math.max(1, row.sequence.generatedCount()));

    private GeneratedSequence result(Row row, FinishReason unfinished) {
        Sequence sequence = row.sequence;
        return new GeneratedSequence(
                row.reason == null ? unfinished : row.reason,
                sequence.generated(),
                sequence.score(),
                topLogProbs < 0 ? List.of() : sequence.logProbs(),
                sequence.tops());
    }
}
