package dev.triptych.text.step;

import dev.triptych.text.kvcache.CacheDemand;
import java.util.List;

/** What the next model call does. Rows of a call stand in the order of their cohort's cache. */
public sealed interface StepPlan {

    /** Nothing can be done before another command arrives. */
    record Idle() implements StepPlan {}

    /** A plan that runs a graph. */
    sealed interface Work extends StepPlan {

        /** The rows that started, or start, together. */
        long cohort();

        List<? extends StepRow> rows();
    }

    /**
     * A new cohort starts: prompts are encoded, first tokens computed.
     *
     * @param cohort a number not used before
     * @param rows shortest prompt first
     * @param demand the memory to set aside
     */
    record Start(long cohort, List<StepRow.Prefill> rows, CacheDemand demand) implements Work {

        public Start {
            rows = List.copyOf(rows);
        }
    }

    /**
     * A running cohort generates one more token per row.
     *
     * @param cohort which
     * @param rows all of its rows
     */
    record Advance(long cohort, List<StepRow.Decode> rows) implements Work {

        public Advance {
            rows = List.copyOf(rows);
        }
    }
}
