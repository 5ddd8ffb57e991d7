package dev.triptych.text.decoding;

import dev.triptych.text.generation.FinishReason;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** When a sequence ends by itself. */
public final class StopRule {

    private final BitSet eosTokenIds = new BitSet();

    public StopRule(List<Integer> eosTokenIds) {
        eosTokenIds.forEach(this.eosTokenIds::set);
    }

    /**
     * Why a sequence ends with this token.
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
}
