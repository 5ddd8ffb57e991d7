package dev.triptych.text.scheduler;

import dev.triptych.text.generation.Priority;
import dev.triptych.text.step.StepPlan;
import dev.triptych.text.step.StepRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Plans for a model that has non-autoregressive decoders beside an autoregressive one: another scheduler plans the steps
 * of the latter, and where there is work for both they take turns. A pass takes rows of like length, the most urgent
 * first, and as many of them as keep it short: nothing is gained by a larger one.
 *
 * <pre>
 *   step number      0     1     2     3     4     5
 *   runs             step  pass  step  pass  step  pass
 * </pre>
 */
public final class ParallelScheduler implements Scheduler {

    /** Positions of a pass beyond which its rows gain nothing by each other's company. */
    private static final int PASS_TOKENS = 1024;

    /** The same while rows of another decoder wait for their next token. */
    private static final int SHARED_PASS_TOKENS = 256;

    /** Rows share a pass if they differ by no more tokens than this and a quarter of their length. */
    private static final int LIKE = 8;

    private final Scheduler sequential;
    private final SchedulingPolicy policy;

    /** @param sequential plans the autoregressive decoder's steps */
    public ParallelScheduler(Scheduler sequential, SchedulingPolicy policy) {
        this.sequential = sequential;
        this.policy = policy;
    }

    @Override
    public int maxRows() {
        return sequential.maxRows() + Priority.values().length * policy.maxRows();
    }

    @Override
    public int maxRequestRows() {
        return sequential.maxRequestRows();
    }

    @Override
    public StepPlan plan(SchedulerView view) {
        SchedulerView others = view.sequential();
        StepPlan step = sequential.plan(others);
        boolean alone = step instanceof StepPlan.Idle;
        Optional<StepPlan> pass = pass(view, alone ? PASS_TOKENS : SHARED_PASS_TOKENS);
        if (alone || pass.isEmpty()) {
            return pass.orElse(step);
        }
        boolean passUrgent = view.waiting().stream().anyMatch(ParallelScheduler::urgentPass);
        boolean stepUrgent = others.interactive();
        boolean passTurn = view.step() % 2 == 1;
        if (passUrgent != stepUrgent && !offlineTurn(view)) {
            passTurn = passUrgent;
        }
        return passTurn ? pass.get() : step;
    }

    private static boolean urgentPass(RequestState request) {
        return request.parallel() && request.priority() == Priority.INTERACTIVE;
    }

    /** Steps take the even numbers and passes the odd ones, so that both see every kind of turn. */
    private boolean offlineTurn(SchedulerView view) {
        return view.step() / 2 % policy.batchTurn() == 0;
    }

    private Optional<StepPlan> pass(SchedulerView view, int tokens) {
        Comparator<RequestState> order = Joining.URGENCY;
        if (offlineTurn(view)) {
            order = Comparator.comparing(RequestState::priority).reversed().thenComparingLong(RequestState::sequence);
        }
        List<RequestState> waiting = view.waiting().stream()
                .filter(RequestState::parallel)
                .sorted(order)
                .toList();
        return waiting.isEmpty()
                ? Optional.empty()
                : Optional.of(new StepPlan.Draft(alike(waiting, Math.min(tokens, policy.maxBatchTokens())).stream()
                        .map(request ->
                                new StepRow.Draft(request.sequence(), request.promptIds(), request.wantsLogits()))
                        .toList()));
    }

    /** The first and those of its priority that are like it in length, within rows and padded positions. */
    private List<RequestState> alike(List<RequestState> ranked, int tokens) {
        RequestState anchor = ranked.getFirst();
        int apart = LIKE + anchor.promptLength() / 4;
        List<RequestState> chosen = new ArrayList<>();
        int longest = 0;
        for (RequestState request : ranked) {
            int length = Math.max(longest, request.promptLength());
            if (request.priority() == anchor.priority()
                    && Math.abs(request.promptLength() - anchor.promptLength()) <= apart
                    && chosen.size() < policy.maxRows()
                    && (chosen.isEmpty() || (long) (chosen.size() + 1) * length <= tokens)) {
                chosen.add(request);
                longest = length;
            }
        }
        return chosen;
    }
}
