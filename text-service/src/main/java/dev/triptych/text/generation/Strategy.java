package dev.triptych.text.generation;

/** How the next token is chosen from the logits. */
public sealed interface Strategy {

    /** The name under which clients ask for it. */
    String name();

    /** Always the most probable token; the lowest id among equals. */
    record Greedy() implements Strategy {

        @Override
        public String name() {
            return "greedy";
        }
    }
}
