package dev.triptych.text.decoding.search;

import dev.triptych.text.decoding.LogitsRow;
import dev.triptych.text.decoding.parallel.MaskSchedule;
import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GeneratedSequence;
import dev.triptych.text.generation.TokenScore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Outputs of the likeliest lengths side by side, refined pass by pass; the one of the highest mean log-prob is the best.
 * The first step decides the lengths, each further one fills the places that are open.
 */
public final class RefinementSearch implements PassSearch {

    private final Setting setting;
    private final WholeOutput whole;
    private final List<Candidate> candidates = new ArrayList<>();
    private FinishReason reason = FinishReason.STOP;
    private int iteration;
    private boolean done;

    /**
     * What the search knows of model and request.
     *
     * @param mask the token that stands for an open place
     * @param schedule how many places are open before each pass
     * @param lengthCandidates lengths that are tried
     * @param outputs sequences in the answer
     * @param topLogProbs likeliest tokens to keep for each token; -1 where log-probs were not asked for
     */
    record Setting(int mask, MaskSchedule schedule, int lengthCandidates, int outputs, int topLogProbs) {}

    RefinementSearch(Setting setting, WholeOutput whole) {
        this.setting = setting;
        this.whole = whole;
    }

    /** An output of one length; changed at commit only. */
    private static final class Candidate {

        private final int[] ids;
        private final float[] logProbs;
        private final List<List<TokenScore>> tops;
        private boolean[] open;

        Candidate(int length) {
            ids = new int[length];
            logProbs = new float[length];
            tops = new ArrayList<>(Collections.nCopies(length, List.of()));
            open = new boolean[length];
            Arrays.fill(open, true);
        }

        boolean hasOpen() {
            return IntStream.range(0, open.length).anyMatch(place -> open[place]);
        }

        double score() {
            double sum = 0;
            for (float logProb : logProbs) {
                sum += logProb;
            }
            return sum / logProbs.length;
        }

        List<Token> tokens() {
            List<Token> tokens = new ArrayList<>(ids.length);
            for (int place = 0; place < ids.length; place++) {
                tokens.add(new Token(ids[place], logProbs[place], tops.get(place)));
            }
            return tokens;
        }
    }

    /** The lengths that are tried, likeliest first. */
    private record Lengths(List<Integer> lengths, FinishReason reason) implements SearchStep.Advance {

        @Override
        public int liveRows() {
            return lengths.size();
        }

        @Override
        public int parent(int row) {
            return 0;
        }
    }

    /**
     * What fills the open places of each live candidate.
     *
     * @param remaining candidates that have open places afterwards
     */
    private record Filled(List<List<Token>> fills, int remaining) implements SearchStep.Advance {

        @Override
        public int liveRows() {
            return remaining;
        }

        @Override
        public int parent(int row) {
            return row;
        }
    }

    private List<Candidate> live() {
        return candidates.stream().filter(Candidate::hasOpen).toList();
    }

    @Override
    public int liveRows() {
        return done ? 0 : candidates.isEmpty() ? 1 : live().size();
    }

    @Override
    public int lastToken(int row) {
        return -1;
    }

    /** Masked where they are open; none before their lengths are known. */
    @Override
    public List<List<Integer>> inputs() {
        List<List<Integer>> inputs = new ArrayList<>();
        for (Candidate candidate : live()) {
            inputs.add(IntStream.range(0, candidate.ids.length)
                    .mapToObj(place -> candidate.open[place] ? setting.mask() : candidate.ids[place])
                    .toList());
        }
        return inputs;
    }

    @Override
    public boolean scored() {
        return false;
    }

    /** Passes that have filled places. */
    @Override
    public int iteration() {
        return iteration;
    }

    @Override
    public List<Integer> refined() {
        return iteration == 0 ? List.of() : best().getFirst().sequence().tokenIds();
    }

    @Override
    public SearchStep step(RowScores scores) {
        return candidates.isEmpty() ? lengths(scores.load(0)) : fill(scores);
    }

    /** Length 0 is none; of equally likely ones the shorter goes first. */
    private SearchStep lengths(LogitsRow row) {
        float[] values = row.values();
        int longest = row.vocabSize() - 1;
        for (int length = 1; length <= longest; length++) {
            if (!Float.isFinite(values[length])) {
                return new SearchStep.Broken("the length predictor gave " + values[length]);
            }
        }
        Comparator<Integer> likeliest = Comparator.comparingDouble(length -> -values[length]);
        int bound = Math.min(longest, whole.maxNewTokens());
        List<Integer> chosen = IntStream.rangeClosed(1, bound)
                .boxed()
                .sorted(likeliest)
                .limit(setting.lengthCandidates())
                .toList();
        boolean cut = IntStream.rangeClosed(1, longest).boxed().min(likeliest).orElseThrow() > bound;
        return new Lengths(chosen, cut ? FinishReason.LENGTH : FinishReason.STOP);
    }

    private SearchStep fill(RowScores scores) {
        List<List<Token>> fills = new ArrayList<>();
        List<Candidate> live = live();
        int remaining = 0;
        for (int row = 0; row < live.size(); row++) {
            Candidate candidate = live.get(row);
            List<Token> fill = new ArrayList<>();
            for (int place = 0; place < candidate.ids.length; place++) {
                if (candidate.open[place]) {
                    LogitsRow scored = scores.load(row, place);
                    double logProb = scored.likeliestLogProb();
                    if (!Double.isFinite(logProb)) {
                        return new SearchStep.Broken("the mask-predict decoder gave " + logProb + " as a log-prob");
                    }
                    fill.add(new Token(scored.likeliest(), logProb, top(scored)));
                }
            }
            fills.add(fill);
            remaining += goesOn(candidate.ids.length) ? 1 : 0;
        }
        return new Filled(fills, remaining);
    }

    private boolean goesOn(int length) {
        int next = iteration + 1;
        return next < setting.schedule().iterations() && setting.schedule().masked(length, next) > 0;
    }

    private List<TokenScore> top(LogitsRow row) {
        return setting.topLogProbs() < 1
                ? List.of()
                : row.top(setting.topLogProbs(), row.raw(row.likeliest()) - row.likeliestLogProb());
    }

    @Override
    public void commit(SearchStep decided) {
        switch (decided) {
            case Lengths step -> {
                step.lengths().forEach(length -> candidates.add(new Candidate(length)));
                reason = step.reason();
            }
            case Filled step -> {
                List<Candidate> live = live();
                for (int row = 0; row < live.size(); row++) {
                    put(live.get(row), step.fills().get(row));
                }
                iteration++;
                done = step.remaining() == 0;
            }
            default -> throw new IllegalArgumentException("not a step of this search: " + decided);
        }
    }

    private void put(Candidate candidate, List<Token> fill) {
        int next = 0;
        for (int place = 0; place < candidate.ids.length; place++) {
            if (candidate.open[place]) {
                Token token = fill.get(next++);
                candidate.ids[place] = token.tokenId();
                candidate.logProbs[place] = (float) token.logProb();
                candidate.tops.set(place, token.top());
            }
        }
        candidate.open = goesOn(candidate.ids.length)
                ? setting.schedule().open(candidate.logProbs, iteration + 1)
                : new boolean[candidate.ids.length];
    }

    private record Output(List<Token> tokens, GeneratedSequence sequence) {}

    private List<Output> best() {
        return candidates.stream()
                .sorted(Comparator.comparingDouble(candidate -> -candidate.score()))
                .limit(setting.outputs())
                .map(candidate -> {
                    List<Token> tokens = candidate.tokens();
                    GeneratedSequence sequence =
                            whole.of(tokens, candidate.score(), setting.topLogProbs() >= 0, reason);
                    return new Output(tokens.subList(0, sequence.tokenIds().size()), sequence);
                })
                .toList();
    }

    @Override
    public int outputs() {
        return setting.outputs();
    }

    @Override
    public int settled(int output) {
        return done && output < Math.min(candidates.size(), setting.outputs())
                ? best().get(output).tokens().size()
                : 0;
    }

    @Override
    public Token token(int output, int index) {
        return best().get(output).tokens().get(index);
    }

    @Override
    public List<GeneratedSequence> results(FinishReason unfinished) {
        return done ? best().stream().map(Output::sequence).toList() : List.of(WholeOutput.none(unfinished));
    }
}
