package dev.triptych.text.decoding.search;

import dev.triptych.text.decoding.Hypothesis;
import dev.triptych.text.decoding.LogitsRow;
import dev.triptych.text.decoding.SearchContext;
import dev.triptych.text.decoding.Selection;
import dev.triptych.text.decoding.Sequence;
import dev.triptych.text.decoding.StopRule;
import dev.triptych.text.decoding.TopCandidates;
import dev.triptych.text.decoding.logits.LogitsProcessors;
import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GeneratedSequence;
import dev.triptych.text.generation.GenerationRules;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.generation.TokenScore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Beam search: the live beams of all groups that are not done, side by side.
 *
 * <pre>
 *   rows:   | group 0: beam 0, beam 1 | group 1: beam 0, beam 1 |
 *   first step: one row that all beams share
 * </pre>
 */
final class BeamSearch implements Search {

    private final Strategy.Beam parameters;
    private final LogitsProcessors processors;
    private final StopRule stop;
    private final int maxNewTokens;
    private final int padTokenId;
    private final int topLogProbs;
    private final TopCandidates best;
    private final Sequence history;
    private BeamGroup[] groups;
    private boolean begun;
    private final List<Hypothesis> settled = new ArrayList<>();
    private List<Ended> ranked = List.of();

    /**
     * What all beams share.
     *
     * @param processors rules, the groups' diversity among them
     * @param stop when a hypothesis ends
     * @param maxNewTokens bound on generated tokens
     * @param padTokenId what beams of a group that is done count as choosing
     * @param topLogProbs likeliest tokens to keep for each token; -1 where log-probs were not asked for
     * @param defaults the model's own numbers
     */
    record Setting(
            LogitsProcessors processors,
            StopRule stop,
            int maxNewTokens,
            int padTokenId,
            int topLogProbs,
            GenerationRules.Defaults defaults) {}

    /** @param given what the decoder was given */
    BeamSearch(Strategy.Beam parameters, Setting setting, Sequence given) {
        this.parameters = parameters;
        this.processors = setting.processors();
        this.stop = setting.stop();
        this.maxNewTokens = setting.maxNewTokens();
        this.padTokenId = setting.padTokenId();
        this.topLogProbs = setting.topLogProbs();
        this.history = given;
        int size = parameters.numBeams() / parameters.numBeamGroups();
        this.best = new TopCandidates(Math.max(2, 1 + stop.eosTokens()) * size);
        BeamGroup.Rules rules = new BeamGroup.Rules(
                size,
                parameters.lengthPenalty().orElse(setting.defaults().lengthPenalty()),
                parameters.earlyStopping().orElse(setting.defaults().earlyStopping()),
                maxNewTokens);
        this.groups = new BeamGroup[parameters.numBeamGroups()];
        Arrays.fill(groups, groups.length == 1 ? PlainBeams.first(rules) : DiverseBeams.first(rules));
    }

    /** The groups after a step; those that were done before are the same. */
    private record Step(BeamGroup[] before, BeamGroup[] groups, boolean first) implements SearchStep.Advance {

        @Override
        public int liveRows() {
            return rows(groups);
        }

        @Override
        public int parent(int row) {
            int left = row;
            int offset = 0;
            for (int g = 0; g < groups.length; g++) {
                if (!groups[g].done()) {
                    if (left < groups[g].beams()) {
                        return first ? 0 : offset + groups[g].parent(left);
                    }
                    left -= groups[g].beams();
                }
                offset += before[g].done() ? 0 : before[g].beams();
            }
            throw new IndexOutOfBoundsException("row " + row + " of " + liveRows());
        }
    }

    private static int rows(BeamGroup[] groups) {
        int rows = 0;
        for (BeamGroup group : groups) {
            rows += group.done() ? 0 : group.beams();
        }
        return rows;
    }

    @Override
    public int liveRows() {
        return begun ? rows(groups) : 1;
    }

    @Override
    public int lastToken(int row) {
        int left = row;
        for (BeamGroup group : groups) {
            int beams = group.done() ? 0 : group.beams();
            if (left < beams) {
                return group.hypothesis(left).tokenId();
            }
            left -= beams;
        }
        throw new IndexOutOfBoundsException("row " + row + " of " + liveRows());
    }

    @Override
    public SearchStep step(RowScores scores) {
        BeamGroup[] next = groups.clone();
        int[] choices = new int[0];
        int firstRow = 0;
        for (int g = 0; g < groups.length; g++) {
            if (!groups[g].done()) {
                Optional<List<Candidate>> found = candidates(groups[g], scores, firstRow, choices);
                List<Candidate> candidates = found.orElse(List.of());
                // Where the rules leave no way on, what has ended is the answer.
                boolean ended = found.isPresent() && !groups[g].ended().isEmpty();
                if (candidates.isEmpty() && !ended) {
                    return new SearchStep.Broken(Selection.Broken.NAN.reason());
                }
                next[g] = groups[g].next(candidates, best.isFull());
                firstRow += begun ? groups[g].beams() : 0;
            }
            choices = withChoices(choices, groups[g], next[g]);
        }
        return new Step(groups, next, !begun);
    }

    /** What later groups are to avoid. */
    private int[] withChoices(int[] choices, BeamGroup before, BeamGroup after) {
        int[] all = Arrays.copyOf(choices, choices.length + after.beams());
        for (int beam = 0; beam < after.beams(); beam++) {
            all[choices.length + beam] =
                    before.done() ? padTokenId : after.hypothesis(beam).tokenId();
        }
        return all;
    }

    /** The best continuations of a group's beams, best first; empty where the model's scores are no numbers. */
    private Optional<List<Candidate>> candidates(BeamGroup group, RowScores scores, int firstRow, int[] choices) {
        best.clear();
        double[] logSums = new double[group.beams()];
        List<List<TokenScore>> tops = new ArrayList<>(group.beams());
        @Nullable LogitsRow row = null;
        for (int beam = 0; beam < group.beams(); beam++) {
            if (row == null || begun) {
                row = scores.load(begun ? firstRow + beam : 0);
                int likeliest = row.argMax();
                if (likeliest < 0 || Float.isInfinite(row.values()[likeliest])) {
                    return Optional.empty();
                }
                logSums[beam] = row.logSumExp(row.values()[likeliest]);
                tops.add(row.top(Math.max(topLogProbs, 0), logSums[beam]));
                toLogProbs(row, (float) logSums[beam]);
                applyRules(row, group.hypothesis(beam), choices);
            } else {
                logSums[beam] = logSums[0];
                tops.add(tops.getFirst());
            }
            best.offer(row.values(), row.vocabSize(), group.score(beam), beam);
        }
        List<Candidate> candidates = new ArrayList<>(best.size());
        for (int rank = 0; rank < best.size(); rank++) {
            int beam = best.row(rank);
            int token = best.token(rank);
            Hypothesis hypothesis = group.hypothesis(beam);
            double logProb = scores.raw(begun ? firstRow + beam : 0, token) - logSums[beam];
            candidates.add(new Candidate(
                    beam,
                    best.score(rank),
                    hypothesis.with(token, logProb, tops.get(beam)),
                    stop.after(hypothesis, token, maxNewTokens)));
        }
        return Optional.of(candidates);
    }

    private static void toLogProbs(LogitsRow row, float logSum) {
        float[] values = row.values();
        for (int i = 0; i < row.vocabSize(); i++) {
            values[i] -= logSum;
        }
    }

    private void applyRules(LogitsRow row, Hypothesis hypothesis, int[] choices) {
        if (!processors.isEmpty()) {
            history.become(hypothesis);
            processors.apply(new SearchContext(row, history, maxNewTokens, choices));
        }
    }

    @Override
    public void commit(SearchStep decided) {
        if (!(decided instanceof Step step) || step.before != groups) {
            throw new IllegalArgumentException("not the next step of this search: " + decided);
        }
        groups = step.groups;
        begun = true;
        if (liveRows() == 0) {
            ranked = rank();
        }
        settle();
    }

    private List<Ended> rank() {
        return Arrays.stream(groups)
                .flatMap(group -> group.ended().stream())
                .sorted(Comparator.comparingDouble(ended -> -ended.score()))
                .limit(parameters.numReturnSequences())
                .toList();
    }

    /** The beginning that the best finished hypothesis and all live beams share stays, whatever comes. */
    private void settle() {
        List<Ended> finished = liveRows() == 0 ? ranked : rank();
        @Nullable
        Hypothesis shared = finished.isEmpty() ? null : finished.getFirst().hypothesis();
        for (BeamGroup group : groups) {
            for (int beam = 0; !group.done() && beam < group.beams(); beam++) {
                shared = shared == null ? group.hypothesis(beam) : shared.shared(group.hypothesis(beam));
            }
        }
        if (shared != null && shared.length() > settled.size()) {
            List<Hypothesis> nodes = shared.nodes();
            settled.addAll(nodes.subList(settled.size(), nodes.size()));
        }
    }

    @Override
    public int outputs() {
        return parameters.numReturnSequences();
    }

    /** Sequences behind the best are known with the results only. */
    @Override
    public int settled(int output) {
        return output == 0 ? settled.size() : 0;
    }

    @Override
    public Token token(int output, int index) {
        Hypothesis node = settled.get(index);
        return new Token(node.tokenId(), node.logProb(), node.top());
    }

    @Override
    public List<GeneratedSequence> results(FinishReason unfinished) {
        List<Ended> finished = liveRows() == 0 ? ranked : rank();
        if (finished.isEmpty()) {
            BeamGroup group = groups[0];
            Hypothesis hypothesis = group.beams() == 0 ? Hypothesis.ROOT : group.hypothesis(0);
            return List.of(result(new Ended(hypothesis, begun ? group.score(0) : 0, unfinished)));
        }
        return finished.stream().map(this::result).toList();
    }

    private GeneratedSequence result(Ended ended) {
        List<Hypothesis> nodes = ended.hypothesis().nodes();
        return new GeneratedSequence(
                ended.reason(),
                nodes.stream().map(Hypothesis::tokenId).toList(),
                ended.score(),
                topLogProbs < 0
                        ? List.of()
                        : nodes.stream().map(Hypothesis::logProb).toList(),
                topLogProbs < 1
                        ? List.of()
                        : nodes.stream().map(Hypothesis::top).toList());
    }
}
