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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The outputs that one pass of a CTC decoder gives: its likeliest path collapsed, or the best of a prefix beam search. A
 * token's log-prob is that of the frame which is surest of it, among the frames that say it in the output's likeliest
 * path. Where candidates are scored, a second step ranks the beam's outputs by their log-prob under the autoregressive
 * decoder, over the length with the end of sequence; log-probs are then that decoder's. Between the two, a decoder that
 * fills masked places may revise the outputs, which are then scored beside what they were.
 */
final class CtcSearch implements PassSearch {

    /** Tokens of a frame that a prefix may go on with; the likeliest path needs no more than the first of them. */
    private static final int CANDIDATES = 40;

    private final Strategy.Ctc strategy;
    private final Setting setting;
    private final WholeOutput whole;
    private List<Output> found = List.of();
    private Stage stage = Stage.DRAFT;
    private int passes;

    /** What the next step decides. */
    private enum Stage {
        DRAFT,
        REVISE,
        SCORE,
        DONE
    }

    /**
     * What the search knows of model and request.
     *
     * @param frames of the source
     * @param blank the token that stands for none
     * @param end the end-of-sequence token, which a scored output ends in; -1 where there is none
     * @param lengthPenalty exponent of the length; beams and scored outputs look at it
     * @param revision what becomes of outputs before they are scored, where anything does
     * @param topLogProbs likeliest tokens to keep for each token; -1 where log-probs were not asked for
     */
    record Setting(
            int frames, int blank, int end, double lengthPenalty, Optional<Revision> revision, int topLogProbs) {}

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

    /** @param liveRows outputs that are still to be revised or scored */
    private record Step(List<Output> outputs, int liveRows) implements SearchStep.Advance {

        @Override
        public int parent(int row) {
            return 0;
        }
    }

    /** @param fills of the open places of each output */
    private record Revised(List<List<Token>> fills) implements SearchStep.Advance {

        @Override
        public int liveRows() {
            return fills.size();
        }

        @Override
        public int parent(int row) {
            return 0;
        }
    }

    @Override
    public int liveRows() {
        return switch (stage) {
            case DRAFT -> 1;
            case REVISE -> revision().rows();
            case SCORE -> found.size();
            case DONE -> 0;
        };
    }

    private Revision revision() {
        return setting.revision().orElseThrow();
    }

    @Override
    public List<List<Integer>> inputs() {
        return switch (stage) {
            case DRAFT, DONE -> List.of();
            case REVISE -> revision().inputs();
            case SCORE -> whole();
        };
    }

    /** With their ends of sequence. */
    private List<List<Integer>> whole() {
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
        return stage == Stage.SCORE;
    }

    @Override
    public int iteration() {
        return setting.revision().isPresent() ? passes : 0;
    }

    @Override
    public List<Integer> refined() {
        boolean revised = stage == Stage.REVISE && revision().iteration() > 0;
        List<Token> best = revised
                ? unscored(revision().outputs().getFirst())
                : found.getFirst().whole();
        return output(best, 0).sequence().tokenIds();
    }

    @Override
    public int lastToken(int row) {
        return -1;
    }

    @Override
    public SearchStep step(RowScores scores) {
        return switch (stage) {
            case DRAFT -> draft(scores);
            case REVISE -> {
                List<List<Token>> fills = revision().fills(scores);
                yield fills == null
                        ? new SearchStep.Broken("the mask-predict decoder gave log-probs that are no numbers")
                        : new Revised(fills);
            }
            case SCORE, DONE -> score(scores);
        };
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
                if (strategy.scored() && setting.revision().isEmpty()) {
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
        passes++;
        switch (decided) {
            case Step step -> {
                found = step.outputs();
                stage = step.liveRows() > 0 ? Stage.SCORE : Stage.DONE;
                if (stage == Stage.SCORE && setting.revision().isPresent()) {
                    revision().begin(found.stream().map(Output::whole).toList());
                    stage = revision().rows() > 0 ? Stage.REVISE : Stage.SCORE;
                }
            }
            case Revised step -> {
                revision().fill(step.fills());
                if (revision().rows() == 0) {
                    found = withRevised();
                    stage = Stage.SCORE;
                }
            }
            default -> throw new IllegalArgumentException("not a step of this search: " + decided);
        }
    }

    /** What was found, and what became of it where that differs. */
    private List<Output> withRevised() {
        Map<List<Integer>, Output> all = new LinkedHashMap<>();
        found.forEach(
                output -> all.put(output.whole().stream().map(Token::tokenId).toList(), output));
        for (int[] ids : revision().outputs()) {
            all.computeIfAbsent(IntStream.of(ids).boxed().toList(), key -> output(unscored(ids), 0));
        }
        return List.copyOf(all.values());
    }

    @Override
    public int outputs() {
        return strategy.numReturnSequences();
    }

    @Override
    public int settled(int output) {
        return stage == Stage.DONE && output < found.size()
                ? found.get(output).tokens().size()
                : 0;
    }

    @Override
    public Token token(int output, int index) {
        return found.get(output).tokens().get(index);
    }

    @Override
    public List<GeneratedSequence> results(FinishReason unfinished) {
        return stage != Stage.DONE
                ? List.of(WholeOutput.none(unfinished))
                : found.stream().map(Output::sequence).toList();
    }
}
