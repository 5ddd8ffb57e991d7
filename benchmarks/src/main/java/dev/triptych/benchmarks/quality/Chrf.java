package dev.triptych.benchmarks.quality;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * chrF of a corpus with one reference each (Popović 2015), as sacrebleu counts it by default: characters without white
 * space, n-grams up to 6, recall weighs twice as much as precision.
 */
public final class Chrf {

    private static final int ORDER = 6;
    private static final double BETA_SQUARED = 4;

    private Chrf() {}

    /**
     * The score, 0 to 100.
     *
     * @throws IllegalArgumentException if there is not one reference for each output
     */
    public static double of(List<String> outputs, List<String> references) {
        if (outputs.size() != references.size()) {
            throw new IllegalArgumentException(
                    outputs.size() + " outputs cannot be held against " + references.size() + " references");
        }
        long[] output = new long[ORDER];
        long[] reference = new long[ORDER];
        long[] match = new long[ORDER];
        for (int i = 0; i < outputs.size(); i++) {
            int[] own = characters(outputs.get(i));
            int[] expected = characters(references.get(i));
            for (int order = 1; order <= ORDER; order++) {
                Map<String, Integer> counts = ngrams(expected, order);
                for (Map.Entry<String, Integer> entry : ngrams(own, order).entrySet()) {
                    match[order - 1] += Math.min(entry.getValue(), counts.getOrDefault(entry.getKey(), 0));
                }
                output[order - 1] += Math.max(0, own.length - order + 1);
                reference[order - 1] += Math.max(0, expected.length - order + 1);
            }
        }
        return score(output, reference, match);
    }

    private static double score(long[] output, long[] reference, long[] match) {
        double precision = 0;
        double recall = 0;
        int orders = 0;
        for (int order = 0; order < ORDER; order++) {
            if (output[order] > 0 && reference[order] > 0) {
                precision += (double) match[order] / output[order];
                recall += (double) match[order] / reference[order];
                orders++;
            }
        }
        if (precision + recall == 0) {
            return 0;
        }
        precision /= orders;
        recall /= orders;
        return 100 * (1 + BETA_SQUARED) * precision * recall / (BETA_SQUARED * precision + recall);
    }

    private static int[] characters(String text) {
        return text.codePoints()
                .filter(point -> !Character.isWhitespace(point) && point != 0xa0)
                .toArray();
    }

    private static Map<String, Integer> ngrams(int[] characters, int order) {
        Map<String, Integer> counts = new HashMap<>();
        for (int at = 0; at + order <= characters.length; at++) {
            counts.merge(new String(characters, at, order), 1, Integer::sum);
        }
        return counts;
    }
}
