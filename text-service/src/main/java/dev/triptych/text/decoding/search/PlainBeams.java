package dev.triptych.text.decoding.search;

import dev.triptych.text.decoding.Hypothesis;
import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.Strategy.EarlyStopping;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Beam search with the arithmetic of Hugging Face's {@code generate()} (transformers 5): of twice as many candidates as
 * beams, those that end compete for the {@code size} places of finished hypotheses if they rank among the first
 * {@code size}, and the best that go on are the next beams. All scores are float32 there, so they are here.
 */
final class PlainBeams implements BeamGroup {

    private final Rules rules;
    private final LiveBeams live;
    private final Place[] places;
    private final boolean done;

    /** A place for a finished hypothesis; {@code null} while it is empty. */
    private record Place(
            float score,
            @Nullable Hypothesis hypothesis,
            @Nullable FinishReason reason) {

        static final Place EMPTY = new Place(EXCLUDED, null, null);

        boolean taken() {
            return hypothesis != null;
        }

        Ended ended() {
            return new Ended(Objects.requireNonNull(hypothesis), score, Objects.requireNonNull(reason));
        }
    }

    private PlainBeams(Rules rules, LiveBeams live, Place[] places, boolean done) {
        this.rules = rules;
        this.live = live;
        this.places = places;
        this.done = done;
    }

    /** Before the first step. */
    static PlainBeams first(Rules rules) {
        Place[] empty = new Place[rules.size()];
        Arrays.fill(empty, Place.EMPTY);
        return new PlainBeams(rules, LiveBeams.first(rules.size()), empty, false);
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
        return Arrays.stream(places).filter(Place::taken).map(Place::ended).toList();
    }

    @Override
    public PlainBeams next(List<Candidate> candidates, boolean complete) {
        int length =
                candidates.isEmpty() ? 0 : candidates.getFirst().hypothesis().length();
        Place[] nextPlaces = withEnded(candidates, length);
        List<Candidate> goOn = BeamGroup.filled(goOn(candidates), rules.size());
        LiveBeams nextLive = LiveBeams.of(goOn, PlainBeams::runningScore);
        boolean noneGoesOn = goOn.isEmpty()
                || length >= rules.maxNewTokens()
                || complete && candidates.stream().allMatch(Candidate::ends);
        boolean full = Arrays.stream(nextPlaces).allMatch(Place::taken);
        boolean nextDone = noneGoesOn
                || full && rules.earlyStopping() == EarlyStopping.TRUE
                || !improvable(nextLive.score(0), nextPlaces, length);
        return new PlainBeams(rules, nextLive, nextPlaces, nextDone);
    }

    /** The finished hypotheses and those that end now, the best of them; earlier ones first among equals. */
    private Place[] withEnded(List<Candidate> candidates, int length) {
        List<Place> all = new ArrayList<>(Arrays.asList(places));
        float divisor = (float) rules.divisor(length);
        for (int rank = 0; rank < Math.min(rules.size(), candidates.size()); rank++) {
            Candidate candidate = candidates.get(rank);
            if (candidate.ends()) {
                all.add(new Place(candidate.score() / divisor, candidate.hypothesis(), candidate.reason()));
            }
        }
        all.sort(Comparator.<Place>comparingDouble(place -> -place.score())
                .thenComparing(Place::taken, Comparator.reverseOrder()));
        return all.subList(0, rules.size()).toArray(Place[]::new);
    }

    /** The best candidates that go on; where there are too few, those that have ended come behind them. */
    private List<Candidate> goOn(List<Candidate> candidates) {
        return candidates.stream()
                .sorted(Comparator.comparingDouble(candidate -> -runningScore(candidate)))
                .limit(rules.size())
                .toList();
    }

    private static float runningScore(Candidate candidate) {
        return candidate.ends() ? candidate.score() + EXCLUDED : candidate.score();
    }

    /** Whether the best beam may still become better than the worst finished hypothesis. */
    private boolean improvable(float bestScore, Place[] finished, int length) {
        boolean longest = rules.earlyStopping() == EarlyStopping.NEVER && rules.lengthPenalty() > 0;
        float best = bestScore / (float) rules.divisor(longest ? rules.maxNewTokens() : length);
        float worst = Float.POSITIVE_INFINITY;
        for (Place place : finished) {
            worst = Math.min(worst, place.score());
        }
        for (Place place : finished) {
            if (best > (place.taken() ? worst : EXCLUDED)) {
                return true;
            }
        }
        return false;
    }
}
