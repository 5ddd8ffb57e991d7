package dev.triptych.text.decoding;

import dev.triptych.text.generation.TokenScore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A generated sequence as a chain of tokens that share their beginnings; immutable, so that beams may part and end
 * without copying.
 *
 * <pre>
 *   ROOT &lt;-- 17 &lt;-- 4 &lt;-- 9     beam 0
 *                   '-- 2     beam 1
 * </pre>
 */
public final class Hypothesis {

    /** Nothing generated yet. */
    public static final Hypothesis ROOT = new Hypothesis(null, -1, 0, List.of());

    private final @Nullable Hypothesis parent;
    private final int tokenId;
    private final double logProb;
    private final List<TokenScore> top;
    private final int length;

    private Hypothesis(@Nullable Hypothesis parent, int tokenId, double logProb, List<TokenScore> top) {
        this.parent = parent;
        this.tokenId = tokenId;
        this.logProb = logProb;
        this.top = top;
        this.length = parent == null ? 0 : parent.length + 1;
    }

    /**
     * This and one more token.
     *
     * @param logProb the token's log-prob under the model
     * @param top the likeliest tokens in its place; empty where they are not kept
     */
    public Hypothesis with(int tokenId, double logProb, List<TokenScore> top) {
        return new Hypothesis(this, tokenId, logProb, top);
    }

    /** Generated tokens. */
    public int length() {
        return length;
    }

    /** The last token; -1 of {@link #ROOT}. */
    public int tokenId() {
        return tokenId;
    }

    public double logProb() {
        return logProb;
    }

    public List<TokenScore> top() {
        return top;
    }

    /** All but the last token. */
    public Hypothesis parent() {
        return Objects.requireNonNull(parent, "nothing comes before the root");
    }

    /** The first so many tokens. */
    public Hypothesis prefix(int tokens) {
        Hypothesis node = this;
        while (node.length > tokens) {
            node = node.parent();
        }
        return node;
    }

    /** The longest beginning that both share. */
    public Hypothesis shared(Hypothesis other) {
        Hypothesis a = prefix(other.length);
        Hypothesis b = other.prefix(a.length);
        while (a != b) {
            a = a.parent();
            b = b.parent();
        }
        return a;
    }

    /** The chain's nodes in order, one for each token. */
    public List<Hypothesis> nodes() {
        List<Hypothesis> nodes = new ArrayList<>(length);
        for (Hypothesis node = this; node != ROOT; node = node.parent()) {
            nodes.add(node);
        }
        Collections.reverse(nodes);
        return nodes;
    }
}
