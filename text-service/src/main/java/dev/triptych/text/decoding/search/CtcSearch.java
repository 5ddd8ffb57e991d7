package dev.triptych.text.decoding.search;

import dev.triptych.text.decoding.LogitsRow;
import dev.triptych.text.decoding.TopCandidates;
import dev.triptych.text.decoding.parallel.CtcAlignment;
import dev.triptych.text.decoding.parallel.PrefixBeam;
import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GeneratedSequence;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.generation.TokenScore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The outputs that one pass of a CTC decoder gives: its likeliest path collapsed, or the best of a prefix beam search. A
 * token's log-prob is that of the frame which is surest of it, among the frames that say it in the output's likeliest
 * path. Where candidates are scored, a second step ranks the beam's outputs by their log-prob under the autoregressive
 * decoder, over the length with the end of sequence; log-probs are then that decoder's.
 */
final class CtcSearch implements PassSearch {

    /** Tokens of a frame that a prefix may go on with; the likeliest path needs no more than the first of them. */
    private static final int CANDIDATES = 40;

    private final Strategy.Ctc strategy;
    private final Setting setting;
    private final WholeOutput whole;
    private List<Output> found = List.of();
    private boolean drafted;
    private boolean done;

    /**
     * What the search knows of model and request.
     *
     * @param frames of the source
     * @param blank the token that stands for none
     * @param end the end-of-sequence token, which a scored output ends in; -1 where there is none
     * @param lengthPenalty exponent of the length; beams and scored outputs look at it
     * @param topLogProbs likeliest tokens to keep for each token; -1 where log-probs were not asked for
     */
    record Setting(int frames, int blank, int end, double lengthPenalty, int topLogProbs) {}

    CtcSearch(Strategy.Ctc strategy, Setting setting, WholeOutput whole) {
        this.strategy = strategy;
        this.setting = setting;
        this.whole = whole;
    }

    /**
     * An output of the pass.
     *
     * @param whole all its tokens, cut nowhere
     * @param tokens those of the sequence
     */
    private record Output(List<Token> whole, List<Token> tokens, GeneratedSequence sequence) {}

    /** @param liveRows outputs that are still to be scored */
    private record Step(List<Output> outputs, int liveRows) implements SearchStep.Advance {

        @Override
        public int parent(int row) {
            return 0;
        }
    }

    @Override
    public int liveRows() {
        return done ? 0 : drafted ? found.size() : 1;
    }

    @Override
    public List<List<Integer>> inputs() {
        if (done) {
            return List.of();
        }
        List<List<Integer>> inputs = new ArrayList<>(found.size());
        for (Output output : found) {
            List<Integer> ids = new ArrayList<>(output.whole().size() + 1);
            output.whole().forEach(token -> ids.add(token.tokenId()));
            if (setting.end() >= 0) {
                ids.add(setting.end());
            }
            inputs.add(ids);
        }
        return inputs;
    }

    @Override
    public boolean scored() {
        return true;
    }

    @Override
    public int lastToken(int row) {
        return -1;
    }

    @Override
    public SearchStep step(RowScores scores) {
        return drafted ? score(scores) : draft(scores);
    }

    private SearchStep draft(RowScores scores) {
        int[] path = new int[setting.frames()];
        double[] logProbs = new double[path.length];
        double sum = 0;
        for (int frame = 0; frame < path.length; frame++) {
            LogitsRow row = scores.load(0, frame);
            path[frame] = row.likeliest();
            logProbs[frame] = row.likeliestLogProb();
            if (!Double.isFinite(logProbs[frame])) {
                return new SearchStep.Broken("the ctc decoder gave " + logProbs[frame] + " as a log-prob");
            }
            sum += logProbs[frame];
        }
        if (strategy.width() > 1) {
            List<Output> outputs = beam(scores, path, logProbs);
            return new Step(outputs, strategy.scored() ? outputs.size() : 0);
        }
        CtcAlignment.FrameScores own = (frame, token) -> logProbs[frame];
        return new Step(List.of(output(path, sum, own, scores)), 0);
    }

    private SearchStep score(RowScores scores) {
        List<Output> ranked = new ArrayList<>(found.size());
        for (int row = 0; row < found.size(); row++) {
            List<Token> tokens = new ArrayList<>();
            double sum = 0;
            for (Token token : found.get(row).whole()) {
                double logProb = scores.load(row, tokens.size()).likeliestLogProb();
                tokens.add(new Token(token.tokenId(), logProb, List.of()));
                sum += logProb;
            }
            if (setting.end() >= 0) {
                sum += scores.load(row, tokens.size()).likeliestLogProb();
            }
            if (!Double.isFinite(sum)) {
                return new SearchStep.Broken("the autoregressive decoder gave " + sum + " as a log-prob");
            }
            ranked.add(output(tokens, sum / Math.pow(tokens.size() + 1, setting.lengthPenalty())));
        }
        ranked.sort(Comparator.comparingDouble(output -> -output.sequence().score()));
        return new Step(List.copyOf(ranked.subList(0, Math.min(ranked.size(), strategy.numReturnSequences()))), 0);
    }

    private List<Output> beam(RowScores scores, int[] likeliest, double[] logProbs) {
        double[] logSums = new double[likeliest.length];
        PrefixBeam beam = new PrefixBeam(strategy.width(), setting.blank());
        TopCandidates best = new TopCandidates(CANDIDATES);
        for (int frame = 0; frame < likeliest.length; frame++) {
            LogitsRow row = scores.load(0, frame);
            logSums[frame] = row.raw(likeliest[frame]) - logProbs[frame];
            best.clear();
            best.offer(row.values(), row.vocabSize(), 0, 0);
            int[] candidates = new int[best.size()];
            for (int i = 0; i < candidates.length; i++) {
                candidates[i] = best.token(i);
            }
            double logSum = logSums[frame];
            beam.add(candidates, token -> row.raw(token) - logSum);
        }
        CtcAlignment.FrameScores all = (frame, token) -> scores.load(0, frame).raw(token) - logSums[frame];
        int wanted = strategy.scored() ? strategy.candidates() : strategy.numReturnSequences();
        List<Output> outputs = new ArrayList<>(wanted);
        for (PrefixBeam.Output output : beam.outputs(setting.lengthPenalty())) {
            if (outputs.size() < wanted) {
                double score = output.score(setting.lengthPenalty());
                if (strategy.scored()) {
                    outputs.add(output(unscored(output.tokens()), score));
                } else {
                    int[] path = CtcAlignment.likeliestPath(output.tokens(), likeliest.length, setting.blank(), all);
                    outputs.add(output(path, score, all, scores));
                }
            }
        }
        return List.copyOf(outputs);
    }

    private Output output(int[] path, double score, CtcAlignment.FrameScores frameScores, RowScores scores) {
        List<Token> tokens = new ArrayList<>();
        for (CtcAlignment.Run run : CtcAlignment.collapse(path, setting.blank())) {
            int surest = run.first();
            double logProb = Double.NEGATIVE_INFINITY;
            for (int frame = run.first(); frame < run.end(); frame++) {
                double candidate = frameScores.logProb(frame, run.tokenId());
                if (candidate > logProb) {
                    surest = frame;
                    logProb = candidate;
                }
            }
            tokens.add(new Token(run.tokenId(), logProb, top(scores, surest)));
        }
        return output(tokens, score);
    }

    private static List<Token> unscored(int[] tokens) {
        return IntStream.of(tokens)
                .mapToObj(token -> new Token(token, 0, List.of()))
                .toList();
    }

    private Output output(List<Token> tokens, double score) {
        GeneratedSequence sequence = whole.of(tokens, score, setting.topLogProbs() >= 0);
        return new Output(tokens, tokens.subList(0, sequence.tokenIds().size()), sequence);
    }

    private List<TokenScore> top(RowScores scores, int frame) {
        if (setting.topLogProbs() < 1) {
            return List.of();
        }
        LogitsRow row = scores.load(0, frame);
        return row.top(setting.topLogProbs(), row.raw(row.likeliest()) - row.likeliestLogProb());
    }

    @Override
    public void commit(SearchStep decided) {
        if (!(decided instanceof Step step)) {
            throw new IllegalArgumentException("not a step of this search: " + decided);
        }
        found = step.outputs();
        drafted = true;
        done = step.liveRows() == 0;
    }

    @Override
    public int outputs() {
        return strategy.numReturnSequences();
    }

    @Override
    public int settled(int output) {
        return done && output < found.size() ? found.get(output).tokens().size() : 0;
    }

    @Override
    public Token token(int output, int index) {
        return found.get(output).tokens().get(index);
    }

    @Override
    public List<GeneratedSequence> results(FinishReason unfinished) {
        return !done
                ? List.of(WholeOutput.none(unfinished))
                : found.stream().map(Output::sequence).toList();
    }
}
