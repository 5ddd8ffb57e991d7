package dev.triptych.text.translation.protection;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a sentence looks like apart from its words: capitals throughout, a capital at its start, a mnemonic, the colon,
 * dots or nothing at its end. The model reads the words; the translation gets the look. Immutable.
 */
public final class SentenceShape {

    private static final int LONGEST_ACRONYM = 3;

    private final MarkedText words;
    private final boolean capitals;
    private final boolean capitalFirst;
    private final String end;
    private final boolean endsInWord;
    private final Optional<Mnemonic> mnemonic;
    private final Locale target;

    private SentenceShape(MarkedText source, Optional<Mnemonic> mnemonic, Locale target) {
        MarkedText plain = mnemonic.map(found -> found.without(source)).orElse(source);
        this.mnemonic = mnemonic;
        this.capitals = inCapitals(plain.outside());
        this.words = capitals ? lowered(plain) : plain;
        this.capitalFirst = Character.isUpperCase(plain.text().codePointAt(0));
        this.end = plain.text().substring(bodyEnd(plain.text()));
        this.endsInWord = endsInWord(plain);
        this.target = target;
    }

    /** @param mnemonics whether {@code &File} is the word File with a mnemonic */
    public static SentenceShape of(MarkedText source, Locale target, boolean mnemonics) {
        return new SentenceShape(source, mnemonics ? Mnemonic.find(source) : Optional.empty(), target);
    }

    /** What is to be translated. */
    public MarkedText words() {
        return words;
    }

    /** Whether a translation can be shown while it grows: {@link #fit} then changes its first and last letters only. */
    public boolean growsInPlace() {
        return !capitals && mnemonic.isEmpty();
    }

    /** The first character as it should be. */
    public String fitStart(String translation) {
        if (!capitalFirst || translation.isEmpty() || !Character.isLowerCase(translation.codePointAt(0))) {
            return translation;
        }
        int first = translation.codePointAt(0);
        return Character.toString(Character.toTitleCase(first)) + translation.substring(Character.charCount(first));
    }

    /**
     * What belongs at the end.
     *
     * @param given the white space, full stops, dots and colons at the translation's end
     * @param before the character before them
     */
    public String fitEnd(String given, int before) {
        if (end.isEmpty()) {
            return endsInWord && Character.isLetterOrDigit(before) ? "" : given.stripTrailing();
        }
        boolean closed = !given.isBlank();
        if (end.strip().equals(".")) {
            return closed || !Character.isLetterOrDigit(before) ? given.stripTrailing() : ".";
        }
        return end;
    }

    /**
     * The translation of {@link #words} in the sentence's shape.
     *
     * @param complete whether the translation came to its end, so that it is to end as the sentence does
     */
    public String fit(String translation, boolean complete) {
        int bodyEnd = bodyEnd(translation);
        String text = bodyEnd == 0 || !complete
                ? translation
                : (startsWithSpan(translation) ? translation : fitStart(translation)).substring(0, bodyEnd)
                        + fitEnd(translation.substring(bodyEnd), translation.codePointBefore(bodyEnd));
        String shaped = capitals ? raised(text) : text;
        return mnemonic.map(found -> found.into(shaped)).orElse(shaped);
    }

    private static boolean startsWithSpan(String text) {
        List<Span> spans = PlaceholderScanner.find(text);
        return !spans.isEmpty() && spans.getFirst().start() == 0;
    }

    /** Whether a character at the end is the shape's, not the words'. */
    public static boolean belongsToEnd(int c) {
        return c == '.' || c == '…' || c == ':' || isSpace(c);
    }

    /** White space in the sense of either Java or Unicode. */
    public static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    /** And not with a bracket or a quote, before which a full stop may stand. */
    private static boolean endsInWord(MarkedText text) {
        int length = text.text().length();
        return Character.isLetterOrDigit(text.text().codePointBefore(length))
                || !text.spans().isEmpty() && text.spans().getLast().end() == length;
    }

    private static int bodyEnd(String text) {
        int end = text.length();
        while (end > 0 && belongsToEnd(text.charAt(end - 1))) {
            end--;
        }
        return end;
    }

    private static boolean inCapitals(String outside) {
        if (outside.codePoints().anyMatch(Character::isLowerCase)) {
            return false;
        }
        return outside.codePoints().filter(Character::isUpperCase).count() > LONGEST_ACRONYM;
    }

    /** All small but the first letter; spans stay. */
    private static MarkedText lowered(MarkedText text) {
        StringBuilder lowered = new StringBuilder(text.text());
        boolean first = true;
        int span = 0;
        for (int i = 0; i < lowered.length(); i++) {
            if (span < text.spans().size() && i == text.spans().get(span).start()) {
                i = text.spans().get(span++).end() - 1;
            } else if (Character.isUpperCase(lowered.charAt(i))) {
                if (!first) {
                    lowered.setCharAt(i, Character.toLowerCase(lowered.charAt(i)));
                }
                first = false;
            }
        }
        return new MarkedText(lowered.toString(), text.spans());
    }

    private String raised(String translation) {
        StringBuilder raised = new StringBuilder();
        int from = 0;
        for (Span span : PlaceholderScanner.find(translation)) {
            raised.append(translation.substring(from, span.start()).toUpperCase(target));
            raised.append(span.replacement());
            from = span.end();
        }
        return raised.append(translation.substring(from).toUpperCase(target)).toString();
    }
}
