package dev.triptych.text.decoding.constraint;

import dev.triptych.text.generation.ParameterException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A deterministic automaton over bytes, by subsets of the states of a {@link ByteNfa} (Rabin and Scott 1959). Every
 * state leads to an end. States and work are bounded: subsets may be exponentially many. Immutable.
 *
 * <pre>
 *   next: [states, classes], bytes that no edge tells apart being one class
 * </pre>
 */
final class ByteDfa {

    /** The most states. */
    static final int MAX_STATES = 20_000;

    /** The most edges that are looked at while the states are found. */
    static final long MAX_WORK = 30_000_000;

    private static final int DEAD = -1;

    private final int[] classes;
    private final int classCount;
    private final int[] next;
    private final BitSet ends;
    private final int states;

    private ByteDfa(int[] classes, int classCount, int[] next, BitSet ends, int states) {
        this.classes = classes;
        this.classCount = classCount;
        this.next = next;
        this.ends = ends;
        this.states = states;
    }

    /** @param field whose value it is, for messages */
    static ByteDfa of(ByteNfa nfa, String field) {
        if (!nfa.isLive(nfa.start())) {
            throw new ParameterException(field, field + " describes no output at all");
        }
        return new Construction(nfa, field).run();
    }

    int start() {
        return 0;
    }

    int states() {
        return states;
    }

    /** The state behind one more byte, 0 to 255; negative where there is none. */
    int next(int state, int value) {
        return next[state * classCount + classes[value]];
    }

    /** Whether a text may end here. */
    boolean isEnd(int state) {
        return ends.get(state);
    }

    /** The bytes that occur in any text. */
    BitSet bytes() {
        BitSet used = new BitSet(256);
        for (int value = 0; value < 256; value++) {
            for (int state = 0; state < states && !used.get(value); state++) {
                used.set(value, next(state, value) >= 0);
            }
        }
        return used;
    }

    /** A set of states of the NFA in ascending order. */
    private static final class Subset {

        private final int[] members;
        private final int hash;

        Subset(int[] members) {
            this.members = members;
            this.hash = Arrays.hashCode(members);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Subset subset && Arrays.equals(members, subset.members);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    private static final class Construction {

        private final ByteNfa nfa;
        private final String field;
        private final int[] classes = new int[256];
        private final int classCount;
        private final Map<Subset, Integer> numbers = new HashMap<>();
        private final List<Subset> subsets = new ArrayList<>();
        private final BitSet seen;
        private final List<Integer> stack = new ArrayList<>();
        private long work;

        Construction(ByteNfa nfa, String field) {
            this.nfa = nfa;
            this.field = field;
            this.seen = new BitSet(nfa.size());
            BitSet firsts = new BitSet(257);
            for (int state = 0; state < nfa.size(); state++) {
                for (ByteNfa.Edge edge : nfa.state(state).edges) {
                    firsts.set(edge.low());
                    firsts.set(edge.high() + 1);
                }
            }
            int current = 0;
            for (int value = 1; value < 256; value++) {
                current += firsts.get(value) ? 1 : 0;
                classes[value] = current;
            }
            this.classCount = current + 1;
        }

        ByteDfa run() {
            number(closed(List.of(nfa.start())));
            int[] next = new int[64 * classCount];
            BitSet ends = new BitSet();
            for (int state = 0; state < subsets.size(); state++) {
                int[] members = subsets.get(state).members;
                ends.set(state, Arrays.binarySearch(members, nfa.end()) >= 0);
                if ((state + 1) * classCount > next.length) {
                    next = Arrays.copyOf(next, 2 * next.length);
                }
                List<List<Integer>> targets = targets(members);
                for (int byClass = 0; byClass < classCount; byClass++) {
                    List<Integer> to = targets.get(byClass);
                    next[state * classCount + byClass] = to.isEmpty() ? DEAD : number(closed(to));
                }
            }
            int states = subsets.size();
            return new ByteDfa(classes, classCount, Arrays.copyOf(next, states * classCount), ends, states);
        }

        /** Where a set leads to, by class; without what comes silently. */
        private List<List<Integer>> targets(int[] members) {
            List<List<Integer>> targets = new ArrayList<>(classCount);
            for (int byClass = 0; byClass < classCount; byClass++) {
                targets.add(new ArrayList<>(2));
            }
            for (int member : members) {
                for (ByteNfa.Edge edge : nfa.state(member).edges) {
                    if (nfa.isLive(edge.to())) {
                        for (int byClass = classes[edge.low()]; byClass <= classes[edge.high()]; byClass++) {
                            targets.get(byClass).add(edge.to());
                            count();
                        }
                    }
                }
            }
            return targets;
        }

        /** States and what they silently lead to, of which only those with edges tell sets apart, and the end. */
        private Subset closed(List<Integer> from) {
            seen.clear();
            stack.addAll(from);
            from.forEach(seen::set);
            BitSet members = new BitSet();
            while (!stack.isEmpty()) {
                int state = stack.removeLast();
                count();
                if (state == nfa.end() || !nfa.state(state).edges.isEmpty()) {
                    members.set(state);
                }
                for (int silent : nfa.state(state).silent) {
                    if (nfa.isLive(silent) && !seen.get(silent)) {
                        seen.set(silent);
                        stack.add(silent);
                    }
                }
            }
            return new Subset(members.stream().toArray());
        }

        private int number(Subset subset) {
            Integer known = numbers.get(subset);
            if (known != null) {
                return known;
            }
            if (subsets.size() == MAX_STATES) {
                throw new ParameterException(
                        field,
                        field + " needs an automaton of more than " + MAX_STATES + " states, which is the bound");
            }
            numbers.put(subset, subsets.size());
            subsets.add(subset);
            return subsets.size() - 1;
        }

        private void count() {
            if (++work > MAX_WORK) {
                throw new ParameterException(
                        field, field + " takes more than " + MAX_WORK + " steps to compile, which is the bound");
            }
        }
    }
}
