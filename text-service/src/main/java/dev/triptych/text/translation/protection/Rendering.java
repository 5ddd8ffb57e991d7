package dev.triptych.text.translation.protection;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A sentence as the model is to read it, with what it must not change shown as it is or masked, and the way back from
 * what the model writes. Masks of tags stand apart from the words around them: a word that touches one is copied
 * instead of translated. Immutable.
 */
public final class Rendering {

    private final MarkedText source;
    private final List<Shown> shown;
    private final String prompt;

    /**
     * A span as the model sees it.
     *
     * @param text found once in the prompt if it is a mask
     */
    private record Shown(Span span, String text, boolean mask) {}

    /** A shown span in what the model wrote. */
    private record Found(int index, int start, int end) {}

    private Rendering(MarkedText source, List<Shown> shown, String prompt) {
        this.source = source;
        this.shown = shown;
        this.prompt = prompt;
    }

    public static Rendering of(MarkedText source, MaskStyle style) {
        List<Shown> shown = new ArrayList<>();
        int number = style.firstFree(source.text());
        for (Span span : source.spans()) {
            if (maskedIn(style, span, source)) {
                shown.add(new Shown(span, style.mask(number++), true));
            } else {
                boolean asItIs = style == MaskStyle.TRUSTING && span.kind() == Span.Kind.TERM;
                String text = asItIs ? source.text().substring(span.start(), span.end()) : span.replacement();
                shown.add(new Shown(span, text, false));
            }
        }
        return new Rendering(source, List.copyOf(shown), prompt(source, shown));
    }

    /** Two equal conversions cannot be told apart in the output; so they are numbered. */
    private static boolean maskedIn(MaskStyle style, Span span, MarkedText source) {
        return switch (span.kind()) {
            case ATOM, OPEN, CLOSE -> true;
            case LITERAL, TERM -> masksAll(style);
            case CONVERSION ->
                masksAll(style)
                        || source.spans().stream()
                                        .filter(other -> other.replacement().equals(span.replacement()))
                                        .count()
                                > 1;
        };
    }

    private static boolean masksAll(MaskStyle style) {
        return style != MaskStyle.TRUSTING && style != MaskStyle.IN_PLACE;
    }

    private static String prompt(MarkedText source, List<Shown> shown) {
        StringBuilder prompt = new StringBuilder();
        int from = 0;
        for (Shown one : shown) {
            prompt.append(source.text(), from, one.span().start());
            if (one.span().kind() == Span.Kind.CLOSE && !endsInSpace(prompt)) {
                prompt.append(' ');
            }
            prompt.append(one.text());
            from = one.span().end();
            if (one.span().kind() == Span.Kind.OPEN && !spaceAt(source.text(), from)) {
                prompt.append(' ');
            }
        }
        return prompt.append(source.text(), from, source.text().length()).toString();
    }

    /** What the model is to read. */
    public String prompt() {
        return prompt;
    }

    /** Whether the model reads the sentence as it is and nothing needs to be put back or looked after. */
    public boolean identity() {
        return source.spans().isEmpty();
    }

    /**
     * The translation, if everything that must survive did.
     *
     * @param output what the model wrote
     * @return empty if a span is missing, doubled, out of order or encloses nothing, or if there is one too many
     */
    public Optional<String> restore(String output) {
        List<Span> survivors = PlaceholderScanner.find(output);
        if (!PlaceholderScanner.agree(prompt, output)) {
            return Optional.empty();
        }
        List<Found> found = new ArrayList<>();
        List<Found> terms = new ArrayList<>();
        for (int i = 0; i < shown.size(); i++) {
            Shown one = shown.get(i);
            boolean term = one.span().kind() == Span.Kind.TERM && !one.mask();
            String text = term ? one.span().replacement() : one.text();
            int start = term ? find(text, output, terms) : take(text, survivors);
            if (start < 0) {
                return Optional.empty();
            }
            (term ? terms : found).add(new Found(i, start, start + text.length()));
        }
        found.addAll(terms);
        found.sort(Comparator.comparingInt(Found::start));
        return inOrder(found) && enclosing(output, found)
                ? Optional.of(filled(output, found)).filter(this::keepsAll)
                : Optional.empty();
    }

    /** What was put back beside a letter may have become something else. */
    private boolean keepsAll(String restored) {
        List<Found> terms = new ArrayList<>();
        for (Shown one : shown) {
            if (one.span().kind() == Span.Kind.TERM) {
                String term = one.span().replacement();
                int start = find(term, restored, terms);
                if (start < 0) {
                    return false;
                }
                terms.add(new Found(terms.size(), start, start + term.length()));
            }
        }
        return PlaceholderScanner.agree(source.replaced(), restored);
    }

    private static int take(String text, List<Span> survivors) {
        for (Span survivor : survivors) {
            if (survivor.replacement().equals(text)) {
                survivors.remove(survivor);
                return survivor.start();
            }
        }
        return -1;
    }

    /** A term as a whole word where none was found before; at the start of the output with a capital too. */
    private static int find(String term, String output, List<Found> taken) {
        for (int start = 0; start <= output.length() - term.length(); start++) {
            int from = start;
            boolean matches = output.regionMatches(start == 0, start, term, 0, 1)
                    && output.regionMatches(start + 1, term, 1, term.length() - 1)
                    && TagAlignment.isBoundary(output, start)
                    && TagAlignment.isBoundary(output, start + term.length())
                    && taken.stream().noneMatch(one -> one.start() < from + term.length() && from < one.end());
            if (matches) {
                return start;
            }
        }
        return -1;
    }

    private boolean inOrder(List<Found> found) {
        int last = -1;
        for (Found one : found) {
            if (source.spans().get(one.index()).kind() == Span.Kind.CONVERSION) {
                if (one.index() < last) {
                    return false;
                }
                last = one.index();
            }
        }
        return TagOrder.sound(source.spans(), found.stream().map(Found::index).toList());
    }

    /** Whether every element has words in it that had words in it. */
    private boolean enclosing(String output, List<Found> found) {
        for (int i = 1; i < found.size(); i++) {
            Span before = source.spans().get(found.get(i - 1).index());
            Span after = source.spans().get(found.get(i).index());
            if (before.kind() == Span.Kind.OPEN && after.kind() == Span.Kind.CLOSE) {
                String inside =
                        output.substring(found.get(i - 1).end(), found.get(i).start());
                String original = source.text().substring(before.end(), after.start());
                if (!original.isBlank() && (inside.isBlank() || startsOdd(original.strip(), inside.strip()))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Whether words became something that does not begin as words do, but for the hyphen that {@link #filled} drops. */
    private static boolean startsOdd(String original, String inside) {
        return Character.isLetterOrDigit(original.codePointAt(0))
                && !Character.isLetterOrDigit(inside.codePointAt(0))
                && !(inside.length() > 1 && inside.charAt(0) == '-' && Character.isLetter(inside.codePointAt(1)));
    }

    private String filled(String output, List<Found> found) {
        StringBuilder text = new StringBuilder();
        int from = 0;
        for (Found one : found) {
            Span span = shown.get(one.index()).span();
            text.append(output, from, one.start());
            if (span.kind() == Span.Kind.CLOSE && !endsInSpace(source.text().substring(0, span.start()))) {
                trimEnd(text);
            }
            text.append(shown.get(one.index()).mask() ? span.replacement() : output.substring(one.start(), one.end()));
            from = one.end();
            if (span.kind() == Span.Kind.OPEN && !spaceAt(source.text(), span.end())) {
                while (spaceAt(output, from)) {
                    from++;
                }
                boolean hyphen = from < output.length() && output.charAt(from) == '-';
                if (hyphen && !source.text().startsWith("-", span.end())) {
                    from++;
                }
            }
        }
        return text.append(output, from, output.length()).toString();
    }

    private static boolean spaceAt(String text, int index) {
        return index < text.length() && text.charAt(index) == ' ';
    }

    private static boolean endsInSpace(CharSequence text) {
        return !text.isEmpty() && text.charAt(text.length() - 1) == ' ';
    }

    private static void trimEnd(StringBuilder text) {
        while (endsInSpace(text)) {
            text.setLength(text.length() - 1);
        }
    }
}
