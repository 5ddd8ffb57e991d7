package dev.triptych.text.translation.protection;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Terms with a wanted translation. A term is found as a whole word, as it is written, with a capital at its start or in
 * capitals; its translation is then written the same way. Of terms that begin at the same place the longest counts.
 * Immutable.
 */
public final class Glossary {

    public static final Glossary NONE = new Glossary(Map.of());

    public static final int MAX_TERMS = 1000;
    public static final int MAX_CHARS = 200;

    private final Map<String, String> translations;
    private final Pattern pattern;

    /** @param terms what is wanted for each, none of them blank */
    public Glossary(Map<String, String> terms) {
        Map<String, String> forms = new HashMap<>();
        terms.forEach((term, translation) -> {
            forms.put(term.toUpperCase(Locale.ROOT), translation.toUpperCase(Locale.ROOT));
            forms.put(capitalized(term), capitalized(translation));
        });
        forms.putAll(terms);
        this.translations = Map.copyOf(forms);
        this.pattern = Pattern.compile(forms.keySet().stream()
                .sorted(Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()))
                .map(Pattern::quote)
                .collect(Collectors.joining("|", "(?<![\\p{L}\\p{N}])(?:", ")(?![\\p{L}\\p{N}])")));
    }

    /** The text with its terms among the spans, wherever no other span is. */
    public MarkedText mark(MarkedText text) {
        if (translations.isEmpty()) {
            return text;
        }
        List<Span> spans = new ArrayList<>(text.spans());
        Matcher matcher = pattern.matcher(text.text());
        while (matcher.find()) {
            int start = matcher.start();
            int end = matcher.end();
            if (!text.overlapsSpan(start, end)) {
                String wanted = translations.getOrDefault(matcher.group(), matcher.group());
                spans.add(new Span(start, end, Span.Kind.TERM, wanted));
            }
        }
        spans.sort(Comparator.comparingInt(Span::start));
        return new MarkedText(text.text(), spans);
    }

    private static String capitalized(String text) {
        int first = text.codePointAt(0);
        return Character.toString(Character.toTitleCase(first)) + text.substring(Character.charCount(first));
    }
}
