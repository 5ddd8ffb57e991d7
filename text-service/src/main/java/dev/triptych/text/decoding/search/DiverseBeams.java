package dev.triptych.text.decoding.search;

import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.Strategy.EarlyStopping;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * One group of diverse beam search (Vijayakumar et al. 2018, arXiv:1610.02424) with the bookkeeping that Hugging Face
 * had for it: a group is done once it has as many finished hypotheses as beams and none of its beams can better the
 * worst of them; beams that are live at the last token count as finished.
 */
final class DiverseBeams implements BeamGroup {

    private final Rules rules;
    private final LiveBeams live;
    private final List<Ended> ended;
    private final boolean done;

    private DiverseBeams(Rules rules, LiveBeams live, List<Ended> ended, boolean done) {
        this.rules = rules;
        this.live = live;
        this.ended = List.copyOf(ended);
        this.done = done;
    }

    /** Before the first step. */
    static DiverseBeams first(Rules rules) {
        return new DiverseBeams(rules, LiveBeams.first(rules.size()), List.of(), false);
    }

    @Override
    public LiveBeams live() {
        return live;
    }

    @Override
    public boolean done() {
        return done;
    }

    @Override
    public List<Ended> ended() {
        return ended;
    }

    @Override
    public DiverseBeams next(List<Candidate> candidates, boolean complete) {
        int length =
                candidates.isEmpty() ? 0 : candidates.getFirst().hypothesis().length();
        List<Ended> nextEnded = new ArrayList<>(ended);
        List<Candidate> goOn = new ArrayList<>(rules.size());
        for (int rank = 0; rank < candidates.size() && goOn.size() < rules.size(); rank++) {
            Candidate candidate = candidates.get(rank);
            FinishReason reason = candidate.reason();
            // The last token ends a beam after all others had their chance to.
            if (reason == null || reason == FinishReason.LENGTH) {
                goOn.add(candidate);
            } else if (rank < rules.size()) {
                add(nextEnded, candidate, reason, length);
            }
        }
        boolean last = goOn.isEmpty() || length >= rules.maxNewTokens();
        boolean satisfied = !candidates.isEmpty()
                && nextEnded.size() >= rules.size()
                && !improvable(candidates.getFirst().score(), nextEnded, length);
        if (last && !satisfied) {
            goOn.forEach(candidate -> add(nextEnded, candidate, FinishReason.LENGTH, length));
        }
        LiveBeams nextLive = LiveBeams.of(BeamGroup.filled(goOn, rules.size()), Candidate::score);
        return new DiverseBeams(rules, nextLive, nextEnded, last || satisfied);
    }

    /** Keeps the best; later ones come before earlier ones of the same score. */
    private void add(List<Ended> best, Candidate candidate, FinishReason reason, int length) {
        double score = candidate.score() / rules.divisor(length);
        if (best.size() == rules.size() && score <= best.getLast().score()) {
            return;
        }
        best.addFirst(new Ended(candidate.hypothesis(), score, reason));
        best.sort(Comparator.comparingDouble(one -> -one.score()));
        if (best.size() > rules.size()) {
            best.removeLast();
        }
    }

    private boolean improvable(float bestScore, List<Ended> finished, int length) {
        if (rules.earlyStopping() == EarlyStopping.TRUE) {
            return false;
        }
        boolean longest = rules.earlyStopping() == EarlyStopping.NEVER && rules.lengthPenalty() > 0;
        double best = bestScore / rules.divisor(longest ? rules.maxNewTokens() : length);
        return finished.getLast().score() < best;
    }
}
