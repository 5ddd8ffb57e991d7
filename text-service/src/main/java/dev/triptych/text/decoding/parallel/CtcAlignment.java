package dev.triptych.text.decoding.parallel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Alignments of frames to tokens in connectionist temporal classification (Graves et al. 2006): a frame says a token or
 * blank, equal neighbors are one token, blanks are none.
 *
 * <pre>
 *   frames  · a a · a b b   ==&gt;   tokens  a a b        (· is blank)
 *   number  0 1 2 3 4 5 6         runs    1-2 4 5-6
 * </pre>
 */
public final class CtcAlignment {

    private CtcAlignment() {}

    /**
     * A token and the frames that say it.
     *
     * @param first the first of them
     * @param end the frame after the last
     */
    public record Run(int tokenId, int first, int end) {}

    /** The log-prob of a token in a frame. */
    @FunctionalInterface
    public interface FrameScores {

        double logProb(int frame, int tokenId);
    }

    /**
     * The tokens that a path means.
     *
     * @param path what each frame says, {@code [frames]}
     */
    public static List<Run> collapse(int[] path, int blank) {
        List<Run> runs = new ArrayList<>();
        int frame = 0;
        while (frame < path.length) {
            int first = frame;
            while (frame < path.length && path[frame] == path[first]) {
                frame++;
            }
            if (path[first] != blank) {
                runs.add(new Run(path[first], first, frame));
            }
        }
        return runs;
    }

    /**
     * The likeliest path that means given tokens, by the Viterbi algorithm over tokens with blanks around them.
     *
     * @param frames how many there are
     * @return what each frame says, {@code [frames]}
     * @throws IllegalArgumentException if there are too few frames to say the tokens
     */
    public static int[] likeliestPath(int[] tokens, int frames, int blank, FrameScores scores) {
        int states = 2 * tokens.length + 1;
        int[][] from = new int[frames][states];
        double[] best = new double[states];
        Arrays.fill(best, Double.NEGATIVE_INFINITY);
        for (int frame = 0; frame < frames; frame++) {
            double[] next = new double[states];
            for (int state = 0; state < states; state++) {
                int source = frame == 0 ? (state < 2 ? state : -1) : source(best, tokens, state);
                from[frame][state] = source;
                double before = frame == 0 ? 0 : source < 0 ? Double.NEGATIVE_INFINITY : best[source];
                next[state] = source < 0
                        ? Double.NEGATIVE_INFINITY
                        : before + scores.logProb(frame, token(tokens, state, blank));
            }
            best = next;
        }
        int state = states > 1 && best[states - 2] > best[states - 1] ? states - 2 : states - 1;
        if (frames == 0 || best[state] == Double.NEGATIVE_INFINITY) {
            throw new IllegalArgumentException(frames + " frames cannot say " + tokens.length + " tokens");
        }
        int[] path = new int[frames];
        for (int frame = frames - 1; frame >= 0; frame--) {
            path[frame] = token(tokens, state, blank);
            state = from[frame][state];
        }
        return path;
    }

    private static int token(int[] tokens, int state, int blank) {
        return state % 2 == 0 ? blank : tokens[state / 2];
    }

    /** The best state before: the same, the one before, or past a blank between tokens that differ; -1 if none can be. */
    private static int source(double[] best, int[] tokens, int state) {
        int source = state;
        if (state >= 1 && best[state - 1] > best[source]) {
            source = state - 1;
        }
        boolean skips = state >= 3 && state % 2 == 1 && tokens[state / 2] != tokens[state / 2 - 1];
        if (skips && best[state - 2] > best[source]) {
            source = state - 2;
        }
        return best[source] == Double.NEGATIVE_INFINITY ? -1 : source;
    }
}
