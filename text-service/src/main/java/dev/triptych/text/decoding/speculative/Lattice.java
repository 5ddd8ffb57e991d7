package dev.triptych.text.decoding.speculative;

import java.util.HashMap;
import java.util.Map;

/**
 * What each frame of a source may say, as a non-autoregressive decoder sees it. Tokens that a frame does not list have a
 * small chance all the same: the output may be one that the decoder did not think of. Immutable.
 */
public final class Lattice {

    private static final double UNLISTED = 1e-5;

    /** Listed tokens of a frame that an output may go on with; more of them change no choice. */
    private static final int CANDIDATES = 4;

    private final int[][] ids;
    private final float[][] chances;
    private final int blank;

    /** Tokens that some frame may go on with, and which of them each frame lists, {@code [frames][tokens]}. */
    private final int[] candidates;

    private final int[][] places;

    /**
     * @param ids tokens of each frame, likeliest first, {@code [frames][tokens]}
     * @param chances their probabilities, {@code [frames][tokens]}
     * @param blank the token that stands for none
     */
    public Lattice(int[][] ids, float[][] chances, int blank) {
        this.ids = ids.clone();
        this.chances = chances.clone();
        this.blank = blank;
        Map<Integer, Integer> known = new HashMap<>();
        this.places = new int[ids.length][];
        for (int frame = 0; frame < ids.length; frame++) {
            places[frame] = new int[Math.min(CANDIDATES, ids[frame].length)];
            for (int i = 0; i < places[frame].length; i++) {
                places[frame][i] =
                        ids[frame][i] == blank ? -1 : known.computeIfAbsent(ids[frame][i], id -> known.size());
            }
        }
        this.candidates = new int[known.size()];
        known.forEach((id, place) -> candidates[place] = id);
    }

    int frames() {
        return ids.length;
    }

    /** How many different tokens its frames may go on with. */
    int candidateCount() {
        return candidates.length;
    }

    int candidate(int place) {
        return candidates[place];
    }

    double chance(int frame, int token) {
        int[] listed = ids[frame];
        for (int i = 0; i < listed.length; i++) {
            if (listed[i] == token) {
                return Math.max(UNLISTED, chances[frame][i]);
            }
        }
        return UNLISTED;
    }

    double blankChance(int frame) {
        return chance(frame, blank);
    }

    /** Adds to each candidate's score what a frame gives it: {@code mass}, or {@code afterSame} to the token before. */
    void offer(int frame, double mass, double afterSame, int before, double[] scores) {
        int[] listed = places[frame];
        for (int i = 0; i < listed.length; i++) {
            if (listed[i] >= 0) {
                scores[listed[i]] += (ids[frame][i] == before ? afterSame : mass) * chances[frame][i];
            }
        }
    }
}
