package dev.triptych.text.translation.protection;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The key that opens a menu entry, marked before its letter: {@code &File}, {@code _Open}, {@code Sa&ve}.
 *
 * @param mark the character that marks it
 * @param letter the letter behind it, small
 * @param at where the mark stands in the source
 */
record Mnemonic(char mark, int letter, int at) {

    private static final int MOST_WORDS = 8;
    private static final int MOST_WORDS_AROUND_ONE_WITH_A_MARK_WITHIN = 3;

    /** Not {@code AT&T}, not {@code R&D}: there a capital stands before the mark. */
    private static final Pattern AMPERSAND = Pattern.compile("(?<![\\p{Lu}\\d&])&(?=[\\p{L}\\d])(?!\\w+;)");

    private static final Pattern UNDERSCORE = Pattern.compile("(?<![\\w-])_(?=\\p{L})");

    /** {@code E_xit}, which but for its capital would be a name. */
    private static final Pattern WITHIN = Pattern.compile("\\b\\p{Lu}\\p{Ll}*(?<mark>_)\\p{Ll}+\\b");

    /** The only mnemonic of a short text. */
    static Optional<Mnemonic> find(MarkedText source) {
        int words = source.text().split("\\s+").length;
        if (words > MOST_WORDS) {
            return Optional.empty();
        }
        Optional<Mnemonic> before = find(source, AMPERSAND).or(() -> find(source, UNDERSCORE));
        return before.isEmpty() && words <= MOST_WORDS_AROUND_ONE_WITH_A_MARK_WITHIN ? within(source) : before;
    }

    private static Optional<Mnemonic> find(MarkedText source, Pattern pattern) {
        Matcher matcher = pattern.matcher(source.text());
        boolean usable = matcher.find()
                && source.spans().stream()
                        .noneMatch(span -> span.start() <= matcher.start() + 1 && span.end() > matcher.start());
        return usable ? at(source, matcher.start()) : Optional.empty();
    }

    private static Optional<Mnemonic> within(MarkedText source) {
        Matcher matcher = WITHIN.matcher(source.text());
        return matcher.find() ? at(source, matcher.start("mark")) : Optional.empty();
    }

    private static Optional<Mnemonic> at(MarkedText source, int at) {
        char mark = source.text().charAt(at);
        return source.text().chars().filter(c -> c == mark).count() == 1
                ? Optional.of(
                        new Mnemonic(mark, Character.toLowerCase(source.text().codePointAt(at + 1)), at))
                : Optional.empty();
    }

    /** The source without the mark. */
    MarkedText without(MarkedText source) {
        String text = source.text().substring(0, at) + source.text().substring(at + 1);
        List<Span> spans = source.spans().stream()
                .filter(span -> span.start() > at || span.end() <= at)
                .map(span -> span.start() > at ? span.shifted(1) : span)
                .toList();
        return new MarkedText(text, spans);
    }

    /** Marks the same letter at a word's start, else the same letter, else the first letter of all. */
    String into(String translation) {
        MarkedText marked = PlaceholderScanner.scan(translation);
        int best = -1;
        int bestRank = Integer.MAX_VALUE;
        for (int i = 0; i < translation.length(); i++) {
            char c = translation.charAt(i);
            if (!Character.isLetterOrDigit(c) || inSpan(marked, i)) {
                continue;
            }
            boolean starts = i == 0 || !Character.isLetterOrDigit(translation.charAt(i - 1));
            boolean same =
                    translation.substring(i, i + 1).toLowerCase(Locale.ROOT).codePointAt(0) == letter;
            int rank = same ? (starts ? 0 : 1) : starts ? 2 : 3;
            if (rank < bestRank) {
                bestRank = rank;
                best = i;
            }
        }
        return best < 0 ? translation : translation.substring(0, best) + mark + translation.substring(best);
    }

    private static boolean inSpan(MarkedText marked, int index) {
        return marked.spans().stream().anyMatch(span -> span.start() <= index && index < span.end());
    }
}
