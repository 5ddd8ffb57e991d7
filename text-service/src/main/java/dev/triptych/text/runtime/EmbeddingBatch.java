package dev.triptych.text.runtime;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Builds batches by tokens: the most urgent text and those nearest to it in length, so that little time goes into
 * padding. Pure.
 *
 * @param maxRows most texts
 * @param maxTokens most padded positions ({@code rows · longest text}); a single longer text still runs alone
 */
record EmbeddingBatch(int maxRows, int maxTokens) {

    private static final Comparator<PendingEmbedding> URGENCY = Comparator.<PendingEmbedding, Integer>comparing(
                    pending -> pending.request().priority().ordinal())
            .thenComparingLong(PendingEmbedding::arrivalNanos);

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
        for (PendingEmbedding pending : nearest) {
            longest = Math.max(longest, pending.length());
            boolean tooMany = chosen.size() >= maxRows || (long) (chosen.size() + 1) * longest > maxTokens;
            if (!chosen.isEmpty() && tooMany) {
                break;
            }
            chosen.add(pending);
        }
        return chosen;
    }
}
