package dev.triptych.text.decoding.speculative;

import java.util.List;

/**
 * A draft of a whole output. Each pass verifies what comes next in it; where the output parts from the draft, what is
 * left is realigned and offered again (aggressive decoding: Sun et al. 2021; Xia et al. 2022).
 *
 * <pre>
 *   draft    das Bild wird  im  Ordner gespeichert .
 *   output   das Bild wird  in          the pass accepts three tokens and corrects the fourth
 *                               |------ offered next -----
 * </pre>
 *
 * <p>Owned by the engine loop, on its thread.
 */
public final class Draft {

    /** Longer runs of equal tokens do not make a place likelier. */
    private static final int LONGEST_RUN = 5;

    /** How many equal tokens a place must show to be preferred to one that lies a token nearer. */
    private static final double DISTANCE_COST = 0.35;

    /** A place scored below this is a coincidence. */
    private static final double LEAST_SCORE = -2.5;

    /** After so many passes without an accepted token, a draft is given up. */
    private static final int PATIENCE = 3;

    private final List<Integer> ids;
    private int next;
    private int failures;
    private int offered;
    private int accepted;

    /** @param ids the drafted output, with its end-of-sequence token */
    public Draft(List<Integer> ids) {
        this.ids = List.copyOf(ids);
    }

    /** What the next pass should verify; empty once the draft is used up or given up. */
    public List<Integer> ahead(int most) {
        return failures >= PATIENCE ? List.of() : ids.subList(next, Math.min(ids.size(), next + most));
    }

    /**
     * Follows the output after a pass.
     *
     * @param output all tokens so far
     * @param verified how many drafted tokens the pass looked at
     * @param kept how many tokens the pass added: those accepted and, as a rule, one of the model's own
     */
    public void follow(List<Integer> output, int verified, int kept) {
        int before = output.size() - kept;
        int agreed = 0;
        while (agreed < kept && agreed < verified && output.get(before + agreed).equals(ids.get(next + agreed))) {
            agreed++;
        }
        offered += verified;
        accepted += agreed;
        if (verified > 0) {
            failures = agreed == 0 ? failures + 1 : 0;
        }
        next += agreed;
        if (agreed == kept) {
            return;
        }
        if (next < ids.size() && ids.get(next).equals(output.getLast())) {
            next++;
        } else {
            next = realigned(output);
        }
    }

    /** The place behind the run of tokens that the output ends with: a long run counts, and one near where it was expected. */
    private int realigned(List<Integer> output) {
        double best = LEAST_SCORE;
        int place = Math.min(next + 1, ids.size());
        for (int at = 0; at < ids.size(); at++) {
            int run = run(output, at);
            double score = run - DISTANCE_COST * Math.abs(at - next);
            if (run > 0 && score > best) {
                best = score;
                place = at + 1;
            }
        }
        return place;
    }

    private int run(List<Integer> output, int at) {
        int run = 0;
        while (run < LONGEST_RUN
                && run < output.size()
                && run <= at
                && ids.get(at - run).equals(output.get(output.size() - 1 - run))) {
            run++;
        }
        return run;
    }

    /** Drafted tokens that passes looked at. */
    public int offered() {
        return offered;
    }

    /** Those of them that the model confirmed. */
    public int accepted() {
        return accepted;
    }
}
