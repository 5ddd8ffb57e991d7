package dev.triptych.text.decoding;

import dev.triptych.text.generation.FinishReason;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** When a sequence ends by itself: with an end-of-sequence token, a stop text, or the last token that fits. */
public final class StopRule {

    private final BitSet eosTokenIds = new BitSet();
    private final StopTexts texts;

    public StopRule(List<Integer> eosTokenIds) {
        this(eosTokenIds, StopTexts.NONE);
    }

    public StopRule(List<Integer> eosTokenIds, StopTexts texts) {
        eosTokenIds.forEach(this.eosTokenIds::set);
        this.texts = texts;
    }

    /** How many tokens end a sequence. */
    public int eosTokens() {
        return eosTokenIds.cardinality();
    }

    /**
     * Why a sequence ends with this token, looking at no text.
     *
     * @param generatedCount tokens generated, this one included
     * @return {@code null} where it goes on
     */
    public @Nullable FinishReason after(int tokenId, int generatedCount, int maxNewTokens) {
        if (eosTokenIds.get(tokenId)) {
            return FinishReason.STOP;
        }
        return generatedCount >= maxNewTokens ? FinishReason.LENGTH : null;
    }

    /** Why a sequence ends with this token; {@code null} where it goes on. */
    public @Nullable FinishReason after(Sequence sequence, int tokenId, int maxNewTokens) {
        FinishReason reason = after(tokenId, sequence.generatedCount() + 1, maxNewTokens);
        return reason != FinishReason.STOP && texts.completedBy(sequence, tokenId) ? FinishReason.STOP : reason;
    }

    /** Why a hypothesis ends with this token; {@code null} where it goes on. */
    public @Nullable FinishReason after(Hypothesis hypothesis, int tokenId, int maxNewTokens) {
        FinishReason reason = after(tokenId, hypothesis.length() + 1, maxNewTokens);
        return reason != FinishReason.STOP && texts.completedBy(hypothesis, tokenId) ? FinishReason.STOP : reason;
    }
}
