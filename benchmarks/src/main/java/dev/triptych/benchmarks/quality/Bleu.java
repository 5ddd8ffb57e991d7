package dev.triptych.benchmarks.quality;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * BLEU of a corpus with one reference each (Papineni et al. 2002), as sacrebleu counts it by default: {@code 13a} tokens,
 * n-grams up to 4, exponential smoothing (Post 2018, arXiv:1804.08771).
 */
public final class Bleu {

    private static final int ORDER = 4;

    private static final Pattern SYMBOL = Pattern.compile("([\\{-\\~\\[-\\` -\\&\\(-\\+\\:-\\@\\/])");
    private static final Pattern BEHIND_LETTER = Pattern.compile("([^0-9])([\\.,])");
    private static final Pattern BEFORE_LETTER = Pattern.compile("([\\.,])([^0-9])");
    private static final Pattern DASH = Pattern.compile("([0-9])(-)");

    private Bleu() {}

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
        long[] correct = new long[ORDER];
        long[] total = new long[ORDER];
        long outputLength = 0;
        long referenceLength = 0;
        for (int i = 0; i < outputs.size(); i++) {
            List<String> output = tokens(outputs.get(i));
            List<String> reference = tokens(references.get(i));
            outputLength += output.size();
            referenceLength += reference.size();
            for (int order = 1; order <= ORDER; order++) {
                Map<List<String>, Integer> expected = ngrams(reference, order);
                for (Map.Entry<List<String>, Integer> entry :
                        ngrams(output, order).entrySet()) {
                    correct[order - 1] += Math.min(entry.getValue(), expected.getOrDefault(entry.getKey(), 0));
                }
                total[order - 1] += Math.max(0, output.size() - order + 1);
            }
        }
        return score(correct, total, outputLength, referenceLength);
    }

    private static double score(long[] correct, long[] total, long outputLength, long referenceLength) {
        if (correct[0] == 0) {
            return 0;
        }
        double logs = 0;
        double smooth = 1;
        int orders = 0;
        for (int order = 0; order < ORDER && total[order] > 0; order++) {
            double precision = (double) correct[order] / total[order];
            if (correct[order] == 0) {
                smooth *= 2;
                precision = 1 / (smooth * total[order]);
            }
            logs += Math.log(100 * precision);
            orders++;
        }
        double brevity = outputLength < referenceLength ? Math.exp(1 - (double) referenceLength / outputLength) : 1;
        return orders < ORDER ? 0 : brevity * Math.exp(logs / ORDER);
    }

    private static Map<List<String>, Integer> ngrams(List<String> tokens, int order) {
        Map<List<String>, Integer> counts = new HashMap<>();
        for (int at = 0; at + order <= tokens.size(); at++) {
            counts.merge(tokens.subList(at, at + order), 1, Integer::sum);
        }
        return counts;
    }

    /** The tokens of {@code mteval-v13a}: symbols apart, points and commas apart unless between digits. */
    static List<String> tokens(String text) {
        String line = text.replace("<skipped>", "")
                .replace("-\n", "")
                .replace('\n', ' ')
                .replace("&quot;", "\"")
                .replace("&amp;", "&")
                .replace("&lt;", "<")
                .replace("&gt;", ">");
        line = SYMBOL.matcher(" " + line + " ").replaceAll(" $1 ");
        line = BEHIND_LETTER.matcher(line).replaceAll("$1 $2 ");
        line = BEFORE_LETTER.matcher(line).replaceAll(" $1 $2");
        line = DASH.matcher(line).replaceAll("$1 $2 ");
        List<String> tokens = new ArrayList<>();
        for (String token : line.split("[\\s\\u00a0]+", -1)) {
            if (!token.isEmpty()) {
                tokens.add(token);
            }
        }
        return tokens;
    }
}
