package dev.triptych.text.translation.protection;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Whether tags may stand in another order. Elements may change places, but each must close behind where it opens, within
 * the element that it was in.
 */
final class TagOrder {

    private static final int NONE = -1;

    private TagOrder() {}

    /**
     * @param spans those of the source, in its order
     * @param order the spans' indices as they stand in the output, each once
     */
    static boolean sound(List<Span> spans, List<Integer> order) {
        int[] partner = partners(spans);
        int[] parent = new int[spans.size()];
        List<Integer> leftOpen = parents(spans, parent);
        Deque<Integer> open = new ArrayDeque<>();
        int lastFromBefore = NONE;
        for (int index : order) {
            Span.Kind kind = spans.get(index).kind();
            if (kind == Span.Kind.OPEN) {
                if (parent[index] != top(open)) {
                    return false;
                }
                open.push(index);
            } else if (kind == Span.Kind.CLOSE) {
                // An element opened in an earlier sentence has no partner here.
                if (top(open) != partner[index]) {
                    return false;
                }
                if (partner[index] == NONE) {
                    if (index < lastFromBefore) {
                        return false;
                    }
                    lastFromBefore = index;
                } else {
                    open.pop();
                }
            } else if (parent[index] != top(open)) {
                return false;
            }
        }
        List<Integer> stillOpen = new ArrayList<>(open);
        return stillOpen.reversed().equals(leftOpen);
    }

    /** What opens and what closes the same element, by index; -1 where the other is not among the spans. */
    static int[] partners(List<Span> spans) {
        int[] partner = new int[spans.size()];
        Arrays.fill(partner, NONE);
        Deque<Integer> open = new ArrayDeque<>();
        for (int i = 0; i < spans.size(); i++) {
            if (spans.get(i).kind() == Span.Kind.OPEN) {
                open.push(i);
            } else if (spans.get(i).kind() == Span.Kind.CLOSE && !open.isEmpty()) {
                partner[i] = open.pop();
                partner[partner[i]] = i;
            }
        }
        return partner;
    }

    /** Fills in which span opened what each is in; returns what stays open. */
    private static List<Integer> parents(List<Span> spans, int[] parent) {
        Deque<Integer> open = new ArrayDeque<>();
        for (int i = 0; i < spans.size(); i++) {
            parent[i] = top(open);
            if (spans.get(i).kind() == Span.Kind.OPEN) {
                open.push(i);
            } else if (spans.get(i).kind() == Span.Kind.CLOSE && !open.isEmpty()) {
                open.pop();
            }
        }
        return List.copyOf(new ArrayList<>(open).reversed());
    }

    private static int top(Deque<Integer> open) {
        return open.isEmpty() ? NONE : open.peek();
    }
}
