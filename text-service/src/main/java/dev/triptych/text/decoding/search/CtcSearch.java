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
import java.util.List;

/**
 * The outputs that one pass of a CTC decoder gives: its likeliest path collapsed, or the best of a prefix beam search. A
 * token's log-prob is that of the frame which is surest of it, among the frames that say it in the output's likeliest
 * path.
 */
final class CtcSearch implements Search {

    /** Tokens of a frame that a prefix may go on with; the likeliest path needs no more than the first of them. */
    private static final int CANDIDATES = 40;

    private final Strategy.Ctc strategy;
    private final Setting setting;
    private final WholeOutput whole;
    private List<Output> found = List.of();
    private boolean done;

    /**
     * What the search knows of model and request.
     *
     * @param frames of the source
     * @param blank the token that stands for none
     * @param lengthPenalty exponent of the length; only beams look at it
     * @param topLogProbs likeliest tokens to keep for each token; -1 where log-probs were not asked for
     */
    record Setting(int frames, int blank, double lengthPenalty, int topLogProbs) {}

    CtcSearch(Strategy.Ctc strategy, Setting setting, WholeOutput whole) {
        this.strategy = strategy;
        this.setting = setting;
        this.whole = whole;
    }

    /**
     * An output of the pass.
     *
     * @param tokens where the sequence was not cut short
     */
    private record Output(List<Token> tokens, GeneratedSequence sequence) {}

    private record Step(List<Output> outputs) implements SearchStep.Advance {

        @Override
        public int liveRows() {
            return 0;
        }

        @Override
        public int parent(int row) {
            throw new IndexOutOfBoundsException("a pass leaves no rows, got " + row);
        }
    }

    @Override
    public int liveRows() {
        return done ? 0 : 1;
    }

    @Override
    public int lastToken(int row) {
        return -1;
    }

    @Override
    public SearchStep step(RowScores scores) {
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
        if (strategy.numBeams() > 1) {
            return new Step(beam(scores, path, logProbs));
        }
        CtcAlignment.FrameScores own = (frame, token) -> logProbs[frame];
        return new Step(List.of(output(path, sum, own, scores)));
    }

    private List<Output> beam(RowScores scores, int[] likeliest, double[] logProbs) {
        double[] logSums = new double[likeliest.length];
        PrefixBeam beam = new PrefixBeam(strategy.numBeams(), setting.blank());
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
        List<Output> outputs = new ArrayList<>(strategy.numReturnSequences());
        for (PrefixBeam.Output output : beam.outputs(setting.lengthPenalty())) {
            if (outputs.size() < strategy.numReturnSequences()) {
                int[] path = CtcAlignment.likeliestPath(output.tokens(), likeliest.length, setting.blank(), all);
                outputs.add(output(path, output.score(setting.lengthPenalty()), all, scores));
            }
        }
        return outputs;
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
        GeneratedSequence sequence = whole.of(tokens, score, setting.topLogProbs() >= 0);
        return new Output(tokens.subList(0, sequence.tokenIds().size()), sequence);
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
        done = true;
    }

    @Override
    public int outputs() {
        return strategy.numReturnSequences();
    }

    @Override
    public int settled(int output) {
        return output < found.size() ? found.get(output).tokens().size() : 0;
    }

    @Override
    public Token token(int output, int index) {
        return found.get(output).tokens().get(index);
    }

    @Override
    public List<GeneratedSequence> results(FinishReason unfinished) {
        return found.isEmpty()
                ? List.of(WholeOutput.none(unfinished))
                : found.stream().map(Output::sequence).toList();
    }
}
