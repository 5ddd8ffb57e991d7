package dev.triptych.text.runtime;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Builds batches by tokens: the most urgent text and those nearest to it in length, so that little time goes into
 * padding. Of texts of one priority those go first whose turn is first; a text is never in a batch with one more than
 * twice as long, but for short ones. Pure.
 *
 * @param maxRows most texts
 * @param maxTokens most padded positions ({@code rows · longest text}); a single longer text still runs alone
 */
record EmbeddingBatch(int maxRows, int maxTokens) {

    private static final Comparator<PendingEmbedding> URGENCY = Comparator.<PendingEmbedding, Integer>comparing(
                    pending -> pending.request().priority().ordinal())
            .thenComparingLong(PendingEmbedding::turnNanos);

    /** Padding a text to so many tokens costs next to nothing. */
    private static final int SHORT = 64;

    /** @param waiting not empty */
    List<PendingEmbedding> next(List<PendingEmbedding> waiting) {
        PendingEmbedding anchor = waiting.stream().min(URGENCY).orElseThrow();
        List<PendingEmbedding> nearest = waiting.stream()
                .sorted(Comparator.<PendingEmbedding>comparingInt(pending -> pending == anchor ? 0 : 1)
                        .thenComparingInt(pending -> Math.abs(pending.length() - anchor.length()))
                        .thenComparing(URGENCY))
                .toList();
        List<PendingEmbedding> chosen = new ArrayList<>();
        int longest = 0;
        int shortest = Integer.MAX_VALUE;
        for (PendingEmbedding pending : nearest) {
            longest = Math.max(longest, pending.length());
            shortest = Math.min(shortest, pending.length());
            boolean tooMany = chosen.size() >= maxRows || (long) (chosen.size() + 1) * longest > maxTokens;
            boolean unlike = longest > Math.max(SHORT, 2 * shortest);
            if (!chosen.isEmpty() && (tooMany || unlike)) {
                break;
            }
            chosen.add(pending);
        }
        return chosen;
    }
}
