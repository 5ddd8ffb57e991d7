package dev.triptych.text.decoding.constraint;

import dev.triptych.text.generation.ParameterException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A nondeterministic automaton over characters, by Thompson's construction (Thompson 1968, doi:10.1145/363347.363387):
 * its size is linear in the term's, with counts written out. Belongs to one compilation.
 */
final class CharGraph {

    /** The most nodes; a longer count or a larger schema is refused. */
    static final int MAX_NODES = 50_000;

    private final String field;
    private int nodes;

    final Node start;
    final Node end;

    /** A state; where it may go without a character, and with one. */
    static final class Node {
        final List<Node> silent = new ArrayList<>(2);
        final List<Edge> edges = new ArrayList<>(1);
    }

    /** @param quoted whether the character stands in a JSON string, where some are written as escapes */
    record Edge(CodePoints set, boolean quoted, Node to) {}

    /** @param field whose value it is, for messages */
    CharGraph(Term term, String field) {
        this.field = field;
        this.start = node();
        this.end = node();
        add(term, start, end, false);
    }

    private Node node() {
        nodes++;
        if (nodes > MAX_NODES) {
            throw new ParameterException(
                    field, field + " may come to " + MAX_NODES + " characters and choices, counts written out");
        }
        return new Node();
    }

    /** Loops get nodes of their own, so that nothing comes back to {@code from} or leaves from {@code to}. */
    private void add(Term term, Node from, Node to, boolean quoted) {
        switch (term) {
            case Term.Chars chars -> from.edges.add(new Edge(chars.set(), quoted, to));
            case Term.InOrder inOrder -> {
                Node last = from;
                for (Term part : inOrder.parts()) {
                    Node next = node();
                    add(part, last, next, quoted);
                    last = next;
                }
                last.silent.add(to);
            }
            case Term.Choice choice -> {
                for (Term option : choice.options()) {
                    Node first = node();
                    from.silent.add(first);
                    add(option, first, to, quoted);
                }
            }
            case Term.Repeat repeat -> repeat(repeat, from, to, quoted);
            case Term.Separated separated -> {
                Node before = node();
                Node behind = node();
                from.silent.add(before);
                add(separated.item(), before, behind, quoted);
                add(separated.separator(), behind, before, quoted);
                behind.silent.add(to);
            }
            case Term.Members members -> members(members, from, to, quoted);
            case Term.Quoted string -> {
                Node opened = node();
                Node closing = node();
                from.edges.add(new Edge(CodePoints.of('"'), false, opened));
                add(string.content(), opened, closing, true);
                closing.edges.add(new Edge(CodePoints.of('"'), false, to));
            }
            case Term.Counted counted -> counted(counted, from, to, quoted);
            case Term.Both both -> new Meeting(both, to, quoted).from(from);
        }
    }

    private void repeat(Term.Repeat repeat, Node from, Node to, boolean quoted) {
        Node last = from;
        for (int i = 0; i < repeat.least(); i++) {
            Node next = node();
            add(repeat.part(), last, next, quoted);
            last = next;
        }
        if (repeat.most() == Term.UNBOUNDED) {
            Node loop = node();
            Node behind = node();
            last.silent.add(loop);
            add(repeat.part(), loop, behind, quoted);
            behind.silent.add(loop);
            loop.silent.add(to);
            return;
        }
        for (int i = repeat.least(); i < repeat.most(); i++) {
            last.silent.add(to);
            Node next = node();
            add(repeat.part(), last, next, quoted);
            last = next;
        }
        last.silent.add(to);
    }

    /**
     * Each member once, reached from two lanes:
     *
     * <pre>
     *   none so far:  o ---------> o ---------> o
     *                  \ member 0 ^ \ member 1 ^ |
     *   some so far:  o -sep---.> o -sep---.>  o-'
     * </pre>
     */
    private void members(Term.Members members, Node from, Node to, boolean quoted) {
        Node none = node();
        Node some = node();
        from.silent.add(none);
        for (Term.Member member : members.members()) {
            Node first = node();
            Node nextNone = node();
            Node nextSome = node();
            none.silent.add(first);
            add(members.separator(), some, first, quoted);
            add(member.term(), first, nextSome, quoted);
            if (!member.required()) {
                none.silent.add(nextNone);
                some.silent.add(nextSome);
            }
            none = nextNone;
            some = nextSome;
        }
        none.silent.add(to);
        some.silent.add(to);
    }

    private void counted(Term.Counted counted, Node from, Node to, boolean quoted) {
        Node inner = node();
        Node innerEnd = node();
        add(counted.part(), inner, innerEnd, quoted);
        new Product(counted, innerEnd, to).from(inner, from);
    }

    /** The product with a counter of characters, which stays where it is beyond an unbounded count. */
    private final class Product {

        private final Term.Counted counted;
        private final Node innerEnd;
        private final Node to;
        private final Map<Place, Node> made = new HashMap<>();
        private final List<Work> open = new ArrayList<>();

        private record Place(Node node, int count) {}

        private record Work(Place place, Node here) {}

        Product(Term.Counted counted, Node innerEnd, Node to) {
            this.counted = counted;
            this.innerEnd = innerEnd;
            this.to = to;
        }

        void from(Node inner, Node from) {
            Place first = new Place(inner, 0);
            made.put(first, from);
            open.add(new Work(first, from));
            while (!open.isEmpty()) {
                Work work = open.removeLast();
                leave(work.place, work.here);
            }
        }

        private void leave(Place place, Node here) {
            if (place.node == innerEnd && place.count >= counted.least()) {
                here.silent.add(to);
            }
            for (Node silent : place.node.silent) {
                here.silent.add(at(new Place(silent, place.count)));
            }
            boolean unbounded = counted.most() == Term.UNBOUNDED;
            int count = unbounded ? Math.min(place.count + 1, counted.least()) : place.count + 1;
            if (unbounded || count <= counted.most()) {
                for (Edge edge : place.node.edges) {
                    here.edges.add(new Edge(edge.set, edge.quoted, at(new Place(edge.to, count))));
                }
            }
        }

        private Node at(Place place) {
            return made.computeIfAbsent(place, key -> {
                Node node = node();
                open.add(new Work(key, node));
                return node;
            });
        }
    }

    /** The product of two graphs: both take each character. */
    private final class Meeting {

        private final Place start;
        private final Place end;
        private final Node to;
        private final Map<Place, Node> made = new HashMap<>();
        private final List<Place> open = new ArrayList<>();

        private record Place(Node left, Node right) {}

        Meeting(Term.Both both, Node to, boolean quoted) {
            this.start = new Place(node(), node());
            this.end = new Place(node(), node());
            this.to = to;
            add(both.left(), start.left, end.left, quoted);
            add(both.right(), start.right, end.right, quoted);
        }

        void from(Node from) {
            from.silent.add(at(start.left, start.right));
            while (!open.isEmpty()) {
                Place place = open.removeLast();
                leave(place, at(place.left, place.right));
            }
            at(end.left, end.right).silent.add(to);
        }

        private void leave(Place place, Node here) {
            place.left.silent.forEach(left -> here.silent.add(at(left, place.right)));
            place.right.silent.forEach(right -> here.silent.add(at(place.left, right)));
            for (Edge left : place.left.edges) {
                for (Edge right : place.right.edges) {
                    CodePoints shared = left.set.and(right.set);
                    if (left.quoted == right.quoted && !shared.ranges().isEmpty()) {
                        here.edges.add(new Edge(shared, left.quoted, at(left.to, right.to)));
                    }
                }
            }
        }

        private Node at(Node left, Node right) {
            return made.computeIfAbsent(new Place(left, right), place -> {
                open.add(place);
                return node();
            });
        }
    }
}
