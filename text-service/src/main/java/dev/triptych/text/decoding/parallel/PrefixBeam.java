package dev.triptych.text.decoding.parallel;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Prefix beam search over the frames of connectionist temporal classification: keeps the likeliest outputs so far, each
 * with the probability of all its alignments, apart for those that end in blank and those that do not, since only after a
 * blank can a token follow itself. With room for all prefixes the sums are exact. Source: Hannun et al. 2014,
 * arXiv:1408.2873, without a language model. Not thread-safe.
 */
public final class PrefixBeam {

    private static final double NEVER = Double.NEGATIVE_INFINITY;

    private final int width;
    private final int blank;
    private List<Entry> beam = List.of(new Entry(new Prefix(null, -1), 0, NEVER));

    /** @param width prefixes that are kept after each frame */
    public PrefixBeam(int width, int blank) {
        if (width < 1) {
            throw new IllegalArgumentException("a beam has room for at least one prefix, got " + width);
        }
        this.width = width;
        this.blank = blank;
    }

    /** Log-probs of one frame. */
    @FunctionalInterface
    public interface Frame {

        double logProb(int tokenId);
    }

    /**
     * An output with the log-prob of all its alignments that were kept.
     *
     * @param tokens {@code [length]}
     */
    @SuppressWarnings("ArrayRecordComponent") // Read in order, compared by nobody.
    public record Output(int[] tokens, double logProb) {

        /** The log-prob divided by the length to the power of {@code lengthPenalty}; an empty output counts as one token. */
        public double score(double lengthPenalty) {
            return logProb / Math.pow(Math.max(1, tokens.length), lengthPenalty);
        }
    }

    /** A node of the tree of prefixes; the same prefix is the same node. */
    private static final class Prefix {

        private final @Nullable Prefix parent;
        private final int token;
        private final int length;
        private final Map<Integer, Prefix> children = new HashMap<>();

        Prefix(@Nullable Prefix parent, int token) {
            this.parent = parent;
            this.token = token;
            this.length = parent == null ? 0 : parent.length + 1;
        }

        Prefix child(int next) {
            return children.computeIfAbsent(next, added -> new Prefix(this, added));
        }

        int[] tokens() {
            int[] tokens = new int[length];
            Prefix node = this;
            while (node.parent != null) {
                tokens[node.length - 1] = node.token;
                node = node.parent;
            }
            return tokens;
        }
    }

    /**
     * A prefix on the beam.
     *
     * @param blank log-prob of its alignments that end in blank
     * @param token log-prob of those that end in its last token
     */
    private record Entry(Prefix prefix, double blank, double token) {

        double total() {
            return sum(blank, token);
        }

        Entry plus(double moreBlank, double moreToken) {
            return new Entry(prefix, sum(blank, moreBlank), sum(token, moreToken));
        }
    }

    /**
     * Takes the next frame into account.
     *
     * @param candidates tokens that may follow a prefix; blank among them does not count
     * @param frame log-probs of candidates, blank and all tokens seen before
     */
    public void add(int[] candidates, Frame frame) {
        Map<Prefix, Entry> next = new LinkedHashMap<>();
        double blankLogProb = frame.logProb(blank);
        for (Entry entry : beam) {
            Prefix prefix = entry.prefix();
            double total = entry.total();
            double repeated = prefix.parent == null ? NEVER : entry.token() + frame.logProb(prefix.token);
            add(next, prefix, total + blankLogProb, repeated);
            for (int token : candidates) {
                if (token != blank) {
                    double before = token == prefix.token ? entry.blank() : total;
                    add(next, prefix.child(token), NEVER, before + frame.logProb(token));
                }
            }
        }
        beam = next.values().stream()
                .sorted(Comparator.comparingDouble((Entry entry) -> -entry.total()))
                .limit(width)
                .toList();
    }

    private static void add(Map<Prefix, Entry> entries, Prefix prefix, double blank, double token) {
        Entry entry = entries.getOrDefault(prefix, new Entry(prefix, NEVER, NEVER));
        entries.put(prefix, entry.plus(blank, token));
    }

    /** The outputs on the beam, best score first. */
    public List<Output> outputs(double lengthPenalty) {
        List<Output> outputs = new ArrayList<>(beam.size());
        beam.forEach(entry -> outputs.add(new Output(entry.prefix().tokens(), entry.total())));
        outputs.sort(Comparator.comparingDouble((Output output) -> -output.score(lengthPenalty)));
        return outputs;
    }

    /** The logarithm of a sum of probabilities. */
    private static double sum(double one, double other) {
        double larger = Math.max(one, other);
        return larger == NEVER ? NEVER : larger + Math.log1p(Math.exp(Math.min(one, other) - larger));
    }
}
