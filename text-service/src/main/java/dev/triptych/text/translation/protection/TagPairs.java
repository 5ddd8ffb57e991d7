package dev.triptych.text.translation.protection;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells which tags in a plain text are elements around words: {@code <b>Save</b>}, but not {@code <file>}. */
final class TagPairs {

    private static final Pattern TAG =
            Pattern.compile("<(?<slash>/?)(?<name>[A-Za-z][\\w:-]*)(?:\\s[^<>]*)?(?<void>/?)>");

    private TagPairs() {}

    /** The spans, those of tags that pair without crossing as {@code OPEN} and {@code CLOSE}. */
    static List<Span> paired(List<Span> spans) {
        List<Span> result = new ArrayList<>(spans);
        Deque<Integer> open = new ArrayDeque<>();
        for (int i = 0; i < spans.size(); i++) {
            Matcher tag = TAG.matcher(spans.get(i).replacement());
            if (!tag.matches() || tag.group("void").equals("/")) {
                continue;
            }
            if (tag.group("slash").isEmpty()) {
                open.push(i);
            } else if (opens(spans, open, tag.group("name"))) {
                int first = popTo(spans, open, tag.group("name"));
                result.set(first, withKind(spans.get(first), Span.Kind.OPEN));
                result.set(i, withKind(spans.get(i), Span.Kind.CLOSE));
            }
        }
        return result;
    }

    private static boolean opens(List<Span> spans, Deque<Integer> open, String name) {
        return open.stream().anyMatch(index -> name.equals(name(spans.get(index))));
    }

    /** What was opened behind it and never closed is no element. */
    private static int popTo(List<Span> spans, Deque<Integer> open, String name) {
        int index = open.pop();
        while (!name.equals(name(spans.get(index)))) {
            index = open.pop();
        }
        return index;
    }

    private static String name(Span span) {
        Matcher tag = TAG.matcher(span.replacement());
        return tag.matches() ? tag.group("name") : "";
    }

    private static Span withKind(Span span, Span.Kind kind) {
        return new Span(span.start(), span.end(), kind, span.replacement());
    }
}
