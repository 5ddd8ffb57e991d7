package dev.triptych.text.step;

import dev.triptych.text.kvcache.CacheDemand;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the next model call does. */
public sealed interface StepPlan {

    /** Nothing can be done before another command arrives. */
    record Idle() implements StepPlan {}

    /** Something is to be run. */
    sealed interface Step extends StepPlan permits Work, Pass {

        /** What runs, then what joins. */
        List<? extends StepRow> rows();

        /** Rows of requests that waited until now; the last ones. */
        int joiningCount();

        /** How many rows run. */
        int rowCount();
    }

    /**
     * Every row of a cohort generates one more token. Rows stand in the order of the cohort's cache.
     *
     * @param cohort the rows that step together; a number not used before where a cohort starts
     * @param running all rows that the cohort has
     * @param joining rows whose prompts are encoded first, shortest prompt first; they stand behind those that run
     * @param demand the memory to set aside for the rows that join, where there are any
     */
    record Work(long cohort, List<StepRow.Decode> running, List<StepRow.Prefill> joining, Optional<CacheDemand> demand)
            implements Step {

        public Work {
            running = List.copyOf(running);
            joining = List.copyOf(joining);
            if (demand.isPresent() == joining.isEmpty()) {
                throw new IllegalArgumentException("memory is set aside for rows that join, and only for them");
            }
        }

        @Override
        public List<StepRow> rows() {
            List<StepRow> rows = new ArrayList<>(running.size() + joining.size());
            rows.addAll(running);
            rows.addAll(joining);
            return rows;
        }

        @Override
        public int joiningCount() {
            return joining.size();
        }

        @Override
        public int rowCount() {
            return running.size() + joining.size();
        }
    }

    /** A run of a non-autoregressive decoder over rows of like length. It needs no cache of keys and values. */
    sealed interface Pass extends Step permits Draft, Measure, Refine, Score {

        @Override
        default int rowCount() {
            return rows().size();
        }
    }

    /**
     * Prompts are encoded, and all their frames are scored at once.
     *
     * @param rows all of them join
     */
    record Draft(List<StepRow.Draft> rows) implements Pass {

        public Draft {
            rows = List.copyOf(rows);
        }

        @Override
        public int joiningCount() {
            return rows.size();
        }
    }

    /**
     * Prompts are encoded, their states kept, and the lengths of their outputs predicted.
     *
     * @param rows all of them join
     */
    record Measure(List<StepRow.Measure> rows) implements Pass {

        public Measure {
            rows = List.copyOf(rows);
        }

        @Override
        public int joiningCount() {
            return rows.size();
        }
    }

    /**
     * The masked places of outputs are filled. A request's rows follow each other.
     *
     * @param rows one for each output
     */
    record Refine(List<StepRow.Refine> rows) implements Pass {

        public Refine {
            rows = List.copyOf(rows);
        }

        @Override
        public int joiningCount() {
            return 0;
        }
    }

    /**
     * The autoregressive decoder scores the tokens of whole outputs at once: they come back in the place of the likeliest
     * ones. A request's rows follow each other.
     *
     * @param rows one for each output
     */
    record Score(List<StepRow.Score> rows) implements Pass {

        public Score {
            rows = List.copyOf(rows);
        }

        @Override
        public int joiningCount() {
            return 0;
        }
    }
}
