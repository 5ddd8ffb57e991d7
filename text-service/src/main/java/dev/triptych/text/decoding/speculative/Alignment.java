package dev.triptych.text.decoding.speculative;

import java.util.Arrays;

/**
 * How likely it is that an output, as far as it is written, took up just the first {@code f} frames: the forward variables
 * of connectionist temporal classification (Graves et al. 2006), scaled so that the largest is 1. They say where in the
 * source the output stands, whatever its tokens are, and so what comes next (prefix scores; Watanabe et al. 2017,
 * arXiv:1706.06986, section II-C).
 *
 * <pre>
 *   frames       0  1  2  3  4  5  6
 *   path         ·  a  a  ·  b  ·  ·        output so far: a b
 *   f = 5: the output ends in its token     f = 6, 7: it ends in blanks behind it
 * </pre>
 */
final class Alignment {

    private final double[] blank;
    private final double[] token;
    private int last = -1;

    /** Of an output without tokens. */
    Alignment(Lattice lattice) {
        this.blank = new double[lattice.frames() + 1];
        this.token = new double[blank.length];
        blank[0] = 1;
        for (int frame = 0; frame < lattice.frames(); frame++) {
            blank[frame + 1] = blank[frame] * lattice.blankChance(frame);
        }
    }

    /** Becomes what another one is. */
    void set(Alignment other) {
        System.arraycopy(other.blank, 0, blank, 0, blank.length);
        System.arraycopy(other.token, 0, token, 0, token.length);
        last = other.last;
    }

    /** Takes the output's next token into account. */
    void add(Lattice lattice, int next) {
        double beforeBlank = blank[0];
        double beforeToken = token[0];
        double most = 0;
        blank[0] = 0;
        token[0] = 0;
        for (int frame = 0; frame < lattice.frames(); frame++) {
            double enters = next == last ? beforeBlank : beforeBlank + beforeToken;
            beforeBlank = blank[frame + 1];
            beforeToken = token[frame + 1];
            token[frame + 1] = (token[frame] + enters) * lattice.chance(frame, next);
            blank[frame + 1] = (blank[frame] + token[frame]) * lattice.blankChance(frame);
            most = Math.max(most, Math.max(token[frame + 1], blank[frame + 1]));
        }
        last = next;
        if (most > 0) {
            for (int f = 0; f < blank.length; f++) {
                blank[f] /= most;
                token[f] /= most;
            }
        }
    }

    /**
     * Scores what may come next.
     *
     * @param scores of the lattice's candidates, overwritten
     * @return the score of the output's end
     */
    double next(Lattice lattice, double[] scores) {
        Arrays.fill(scores, 0);
        for (int frame = 0; frame < lattice.frames(); frame++) {
            double mass = blank[frame] + token[frame];
            if (mass > 0) {
                lattice.offer(frame, mass, blank[frame], last, scores);
            }
        }
        return blank[lattice.frames()] + token[lattice.frames()];
    }
}
