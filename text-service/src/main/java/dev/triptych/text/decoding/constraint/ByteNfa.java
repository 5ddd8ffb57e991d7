package dev.triptych.text.decoding.constraint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A nondeterministic automaton over bytes: a {@link CharGraph} whose characters are spelled in UTF-8, inside JSON
 * strings with escapes for what must be escaped. Only states from which an end can be reached are kept.
 */
final class ByteNfa {

    private static final String SHORT_ESCAPES = "\"\\\b\f\n\r\t";
    private static final String SHORT_NAMES = "\"\\bfnrt";
    private static final CodePoints CONTROL = CodePoints.of(0, 0x1F);
    private static final CodePoints SHORT = CodePoints.anyOf(SHORT_ESCAPES);
    private static final CodePoints DECIMAL = CodePoints.of(0, 9);
    private static final CodePoints ABOVE_DECIMAL = CodePoints.of(10, 15);
    private static final CodePoints PLAIN = CONTROL.or(SHORT).not();

    private final List<State> states = new ArrayList<>();
    private final Map<CharGraph.Node, Integer> numbers = new IdentityHashMap<>();
    private final Map<Tail, Integer> tails = new HashMap<>();
    private final int start;
    private final int end;
    private final BitSet live;

    /** Where a state may go without a byte, and with one. */
    static final class State {
        final List<Integer> silent = new ArrayList<>(2);
        final List<Edge> edges = new ArrayList<>(1);
    }

    /** Bytes from {@code low} to {@code high}, both included. */
    record Edge(int low, int high, int to) {}

    /** The last bytes of characters before a state, which all characters share that end in them. */
    private record Tail(List<Utf8.Bytes> bytes, int to) {}

    ByteNfa(CharGraph graph) {
        Deque<CharGraph.Node> open = new ArrayDeque<>();
        start = number(graph.start, open);
        end = number(graph.end, open);
        while (!open.isEmpty()) {
            CharGraph.Node node = open.removeLast();
            State state = states.get(number(node, open));
            for (CharGraph.Node next : node.silent) {
                state.silent.add(number(next, open));
            }
            for (CharGraph.Edge edge : node.edges) {
                spell(edge, state, number(edge.to(), open));
            }
        }
        live = reaching();
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    int size() {
        return states.size();
    }

    State state(int number) {
        return states.get(number);
    }

    /** Whether an end can be reached from a state. */
    boolean isLive(int state) {
        return live.get(state);
    }

    private int number(CharGraph.Node node, Deque<CharGraph.Node> open) {
        return numbers.computeIfAbsent(node, key -> {
            open.add(key);
            return newState();
        });
    }

    private int newState() {
        states.add(new State());
        return states.size() - 1;
    }

    private void spell(CharGraph.Edge edge, State from, int to) {
        if (!edge.quoted()) {
            spell(edge.set(), from, to);
            return;
        }
        spell(edge.set().and(PLAIN), from, to);
        edge.set().and(SHORT).ranges().forEach(range -> {
            for (int character = range.low(); character <= range.high(); character++) {
                chain(bytes("\\" + SHORT_NAMES.charAt(SHORT_ESCAPES.indexOf(character))), from, to);
            }
        });
        for (CodePoints.Range range : edge.set().and(CONTROL).and(SHORT.not()).ranges()) {
            for (CodePoints digits : List.of(DECIMAL, ABOVE_DECIMAL)) {
                for (int high = 0; high <= 1; high++) {
                    int first = Math.max(
                            range.low() - 16 * high, digits.ranges().getFirst().low());
                    int last = Math.min(
                            range.high() - 16 * high, digits.ranges().getFirst().high());
                    if (first <= last) {
                        List<Utf8.Bytes> escape = bytes("\\u00" + high);
                        escape.add(new Utf8.Bytes(Character.forDigit(first, 16), Character.forDigit(last, 16)));
                        chain(escape, from, to);
                    }
                }
            }
        }
    }

    private void spell(CodePoints set, State from, int to) {
        for (CodePoints.Range range : set.ranges()) {
            Utf8.sequences(range.low(), range.high()).forEach(bytes -> chain(bytes, from, to));
        }
    }

    private static List<Utf8.Bytes> bytes(String ascii) {
        List<Utf8.Bytes> bytes = new ArrayList<>();
        ascii.chars().forEach(c -> bytes.add(new Utf8.Bytes(c, c)));
        return bytes;
    }

    private void chain(List<Utf8.Bytes> bytes, State from, int to) {
        Utf8.Bytes first = bytes.getFirst();
        from.edges.add(new Edge(first.low(), first.high(), tail(bytes.subList(1, bytes.size()), to)));
    }

    private int tail(List<Utf8.Bytes> bytes, int to) {
        if (bytes.isEmpty()) {
            return to;
        }
        Tail key = new Tail(List.copyOf(bytes), to);
        Integer known = tails.get(key);
        if (known != null) {
            return known;
        }
        int made = newState();
        tails.put(key, made);
        chain(bytes, states.get(made), to);
        return made;
    }

    private BitSet reaching() {
        List<List<Integer>> before = new ArrayList<>(states.size());
        states.forEach(state -> before.add(new ArrayList<>(2)));
        for (int number = 0; number < states.size(); number++) {
            int from = number;
            states.get(number).silent.forEach(to -> before.get(to).add(from));
            states.get(number).edges.forEach(edge -> before.get(edge.to).add(from));
        }
        BitSet reaching = new BitSet(states.size());
        Deque<Integer> open = new ArrayDeque<>(List.of(end));
        reaching.set(end);
        while (!open.isEmpty()) {
            for (int from : before.get(open.removeLast())) {
                if (!reaching.get(from)) {
                    reaching.set(from);
                    open.add(from);
                }
            }
        }
        return reaching;
    }
}
