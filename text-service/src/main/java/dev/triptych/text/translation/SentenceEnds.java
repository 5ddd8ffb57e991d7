package dev.triptych.text.translation;

import java.util.Locale;
import java.util.Set;

/**
 * Tells a sentence's end from a full stop that only abbreviates or counts. {@link java.text.BreakIterator} breaks after
 * "Dr." and after "3." in "am 3. Oktober"; two halves of a sentence translate worse than one sentence too long, so every
 * doubt is settled against a break.
 */
final class SentenceEnds {

    private static final Set<String> ENGLISH = Set.of(
            "mr", "mrs", "ms", "dr", "prof", "rev", "gen", "col", "capt", "lt", "sgt", "st", "jr", "sr", "vs", "etc",
            "fig", "figs", "eq", "sec", "no", "nos", "vol", "pp", "p", "ch", "ed", "eds", "approx", "dept", "est",
            "inc", "ltd", "co", "corp", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov",
            "dec", "mon", "tue", "wed", "thu", "fri", "al", "cf", "ca", "resp", "viz");

    private static final Set<String> GERMAN = Set.of(
            "hr", "fr", "dr", "prof", "dipl", "ing", "st", "nr", "abb", "abs", "abschn", "art", "aufl", "bd", "bzw",
            "ca", "chr", "evtl", "ggf", "hrsg", "inkl", "jh", "kap", "lt", "max", "min", "mio", "mrd", "rd", "sog",
            "str", "tel", "usw", "vgl", "zzgl", "zb", "dh", "ua", "bspw", "engl", "dt", "jan", "feb", "apr", "aug",
            "sep", "sept", "okt", "nov", "dez", "s", "v", "geb", "gest", "z", "d", "u", "i", "o");

    private final Set<String> abbreviations;
    private final boolean ordinalsEndInFullStop;

    private SentenceEnds(Set<String> abbreviations, boolean ordinalsEndInFullStop) {
        this.abbreviations = abbreviations;
        this.ordinalsEndInFullStop = ordinalsEndInFullStop;
    }

    static SentenceEnds of(Locale language) {
        return switch (language.getLanguage()) {
            case "de" -> new SentenceEnds(GERMAN, true);
            case "en" -> new SentenceEnds(ENGLISH, false);
            default -> new SentenceEnds(Set.of(), false);
        };
    }

    /** Whether a number with a full stop may belong to its sentence wherever it stands. */
    boolean countsWithFullStop() {
        return ordinalsEndInFullStop;
    }

    /**
     * Whether a break that was found is a sentence's end.
     *
     * @param line the whole line
     * @param start where the sentence begins
     * @param end the break: the next sentence's first character, less than the line's length
     */
    boolean isSentenceEnd(String line, int start, int end) {
        if (Character.isLowerCase(line.codePointAt(firstWordCharacter(line, end)))) {
            return false;
        }
        int last = end;
        while (last > start && SentenceSplitter.isSpace(line.charAt(last - 1))) {
            last--;
        }
        if (last == start || line.charAt(last - 1) != '.') {
            return true;
        }
        int wordStart = last - 1;
        while (wordStart > start && isWordCharacter(line.charAt(wordStart - 1))) {
            wordStart--;
        }
        return !isAbbreviation(line.substring(wordStart, last - 1), line.substring(start, wordStart));
    }

    private boolean isAbbreviation(String word, String before) {
        if (word.isEmpty()) {
            return false;
        }
        boolean opensLine = !SentenceSplitter.hasLetter(before);
        if (word.chars().allMatch(Character::isDigit)) {
            return ordinalsEndInFullStop || opensLine;
        }
        boolean initial = word.length() == 1 && Character.isUpperCase(word.charAt(0)) && !word.equals("I");
        boolean dotted = word.indexOf('.') >= 0 && word.length() <= 6;
        return initial || dotted || abbreviations.contains(word.toLowerCase(Locale.ROOT));
    }

    private static boolean isWordCharacter(char c) {
        return Character.isLetterOrDigit(c) || c == '.';
    }

    /** Skips quotes and brackets that open the next sentence. */
    private static int firstWordCharacter(String line, int from) {
        int index = from;
        while (index < line.length() - 1 && !Character.isLetterOrDigit(line.charAt(index))) {
            index++;
        }
        return index;
    }
}
