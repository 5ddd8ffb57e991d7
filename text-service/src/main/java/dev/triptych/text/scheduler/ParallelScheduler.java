package dev.triptych.text.scheduler;

import dev.triptych.text.generation.Priority;
import dev.triptych.text.step.StepPlan;
import dev.triptych.text.step.StepRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

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
        if (view.waiting().isEmpty() && view.refining().isEmpty()) {
            return sequential.plan(view);
        }
        SchedulerView others = view.sequential();
        StepPlan step = sequential.plan(others);
        boolean alone = step instanceof StepPlan.Idle;
        Optional<StepPlan> pass = pass(view, alone ? PASS_TOKENS : SHARED_PASS_TOKENS);
        if (alone || pass.isEmpty()) {
            return pass.orElse(step);
        }
        boolean passUrgent = Stream.concat(
                        view.waiting().stream(), view.refining().stream().map(RefiningRequest::request))
                .anyMatch(ParallelScheduler::urgentPass);
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
        return policy.offlineFirst(view.step() / 2, view.pace());
    }

    /** Of the more urgent priority; there, refinements and new requests take turns. */
    private Optional<StepPlan> pass(SchedulerView view, int tokens) {
        int bound = Math.min(tokens, policy.maxBatchTokens());
        List<Priority> order = offlineTurn(view)
                ? List.of(Priority.BATCH, Priority.INTERACTIVE)
                : List.of(Priority.INTERACTIVE, Priority.BATCH);
        for (Priority priority : order) {
            List<RefiningRequest> refining = view.refining().stream()
                    .filter(refined -> refined.request().priority() == priority)
                    .toList();
            List<RequestState> waiting = startable(view, priority, refining);
            boolean refine = waiting.isEmpty() || view.step() / 2 % 2 == 1;
            if (!refining.isEmpty() && refine) {
                return Optional.of(refine(refining, bound));
            }
            if (!waiting.isEmpty()) {
                return Optional.of(start(waiting, bound));
            }
        }
        return Optional.empty();
    }

    /** What waits, longest first, without what is to be refined and finds no room. */
    private List<RequestState> startable(SchedulerView view, Priority priority, List<RefiningRequest> refining) {
        int rows = refining.stream()
                .mapToInt(refined -> refined.request().maxRows())
                .sum();
        return view.waiting().stream()
                .filter(request -> request.parallel() && request.priority() == priority)
                .filter(request -> !request.refined() || rows + request.maxRows() <= policy.maxRows())
                .sorted(Joining.URGENCY)
                .toList();
    }

    private StepPlan start(List<RequestState> ranked, int tokens) {
        RequestState anchor = ranked.getFirst();
        List<RequestState> chosen = alike(
                ranked.stream()
                        .filter(request -> request.measured() == anchor.measured())
                        .toList(),
                RequestState::promptLength,
                RequestState::maxRows,
                tokens);
        return anchor.measured()
                ? new StepPlan.Measure(chosen.stream()
                        .map(request -> new StepRow.Measure(request.sequence(), request.promptIds()))
                        .toList())
                : new StepPlan.Draft(chosen.stream()
                        .map(request -> new StepRow.Draft(
                                request.sequence(), request.promptIds(), request.wantsFrames(), request.refined()))
                        .toList());
    }

    private StepPlan refine(List<RefiningRequest> refining, int tokens) {
        boolean scored = refining.getFirst().scored();
        List<RefiningRequest> chosen = alike(
                refining.stream().filter(refined -> refined.scored() == scored).toList(),
                RefiningRequest::longest,
                refined -> refined.rows().size(),
                tokens);
        if (scored) {
            return new StepPlan.Score(chosen.stream()
                    .flatMap(refined -> refined.rows().stream()
                            .map(ids -> new StepRow.Score(refined.request().sequence(), ids)))
                    .toList());
        }
        return new StepPlan.Refine(chosen.stream()
                .flatMap(refined -> refined.rows().stream()
                        .map(ids -> new StepRow.Refine(
                                refined.request().sequence(),
                                ids,
                                refined.request().wantsLogits())))
                .toList());
    }

    /** The first and those that are like it in length, within rows and padded positions. */
    private <T> List<T> alike(List<T> ranked, ToIntFunction<T> length, ToIntFunction<T> rowsOf, int tokens) {
        int first = length.applyAsInt(ranked.getFirst());
        int apart = LIKE + first / 4;
        List<T> chosen = new ArrayList<>();
        int longest = 0;
        int rows = 0;
        for (T candidate : ranked) {
            int longer = Math.max(longest, length.applyAsInt(candidate));
            int more = rows + rowsOf.applyAsInt(candidate);
            boolean like = Math.abs(length.applyAsInt(candidate) - first) <= apart;
            boolean fits = more <= policy.maxRows() && (long) more * longer <= tokens;
            if (chosen.isEmpty() || like && fits) {
                chosen.add(candidate);
                longest = longer;
                rows = more;
            }
        }
        return chosen;
    }
}
