package dev.triptych.text.decoding.speculative;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A draft of an output that is written token by token. Before each pass it says what may come next, from where the output
 * written so far stands in the source; so it goes on behind whatever the model chose otherwise (aggressive decoding, Sun et
 * al. 2021, with the alignment of the decoder that drafts in the place of matching tokens).
 *
 * <pre>
 *   draft    das Bild wird  im  Ordner gespeichert .
 *   output   das Bild wird  in          the pass accepts three tokens and chooses the fourth
 *                               dem Ordner gespeichert .      offered next, read from the frames behind "in"
 * </pre>
 *
 * <p>Owned by the engine loop, on its thread.
 */
public final class Draft {

    /** What is this unlikely to be reached is not worth drafting. */
    private static final double LEAST_CHANCE = 0.02;

    private final Lattice lattice;
    private final int end;
    private final Alignment written;
    private final Alignment ahead;
    private final double[] scores;

    private List<Integer> offer = List.of();
    private int offered;
    private int accepted;

    /** @param end the end-of-sequence token; -1 where there is none */
    public Draft(Lattice lattice, int end) {
        this.lattice = lattice;
        this.end = end;
        this.written = new Alignment(lattice);
        this.ahead = new Alignment(lattice);
        this.scores = new double[lattice.candidateCount()];
    }

    /**
     * What the next pass should verify; empty where that does not pay.
     *
     * @param most tokens
     * @param rows that share the pass
     */
    public List<Integer> ahead(int most, int rows) {
        int[] tokens = new int[most];
        double[] chances = new double[most];
        int count = 0;
        double all = 1;
        ahead.set(written);
        while (count < most && all > LEAST_CHANCE && (count == 0 || tokens[count - 1] != end)) {
            double highest = ahead.next(lattice, scores);
            double sum = highest;
            int best = end;
            for (int place = 0; place < scores.length; place++) {
                sum += scores[place];
                if (scores[place] > highest) {
                    highest = scores[place];
                    best = lattice.candidate(place);
                }
            }
            if (!(highest > 0) || best < 0) {
                break;
            }
            tokens[count] = best;
            chances[count] = highest / sum;
            all *= chances[count++];
            ahead.add(lattice, best);
        }
        offer = IntStream.of(tokens)
                .limit(DraftWindow.length(chances, count, rows))
                .boxed()
                .toList();
        return offer;
    }

    /**
     * Follows the output after a pass.
     *
     * @param kept the tokens that the pass added: those accepted and, as a rule, one of the model's own
     * @param verified how many of the tokens offered last the pass looked at
     */
    public void follow(List<Integer> kept, int verified) {
        int agreed = 0;
        int looked = Math.min(verified, offer.size());
        while (agreed < kept.size() && agreed < looked && kept.get(agreed).equals(offer.get(agreed))) {
            agreed++;
        }
        offered += verified;
        accepted += agreed;
        offer = List.of();
        kept.forEach(token -> written.add(lattice, token));
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
