package dev.triptych.benchmarks.retrieval;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;

/**
 * How well documents were found, as {@code foundry evaluate-long} writes it.
 *
 * @param reciprocalRank the mean of 1/rank, ranks over 10 counting nothing; 1 is best
 * @param recall the share of documents with a rank up to 10
 * @param documents how many there were
 * @param engine what searched
 */
record RetrievalScores(
        @JsonProperty("mrr@10") double reciprocalRank,
        @JsonProperty("recall@10") double recall,
        @JsonProperty("documents") int documents,
        @JsonProperty("engine") String engine) {

    private static final int DEPTH = 10;

    /** @param ranks from 1, one of each document, at least one */
    static RetrievalScores of(int[] ranks, String engine) {
        double reciprocal = Arrays.stream(ranks)
                .mapToDouble(rank -> rank <= DEPTH ? 1.0 / rank : 0)
                .average()
                .orElseThrow();
        double recall = Arrays.stream(ranks)
                .mapToDouble(rank -> rank <= DEPTH ? 1 : 0)
                .average()
                .orElseThrow();
        return new RetrievalScores(rounded(reciprocal), rounded(recall), ranks.length, engine);
    }

    private static double rounded(double value) {
        return Math.round(value * 10_000) / 10_000.0;
    }
}
