package dev.triptych.text.runtime;

import dev.triptych.text.decoding.search.PassSearch;
import dev.triptych.text.decoding.search.Search;
import dev.triptych.text.decoding.search.SearchStep;
import dev.triptych.text.kvcache.CacheBudget;
import dev.triptych.text.kvcache.KvCache;
import dev.triptych.text.scheduler.CohortState;
import dev.triptych.text.scheduler.RefiningRequest;
import dev.triptych.text.scheduler.RequestState;
import dev.triptych.text.scheduler.RunningRow;
import dev.triptych.text.scheduler.SchedulerView;
import dev.triptych.text.step.StepPlan;
import dev.triptych.text.step.StepRow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What waits and what runs. Owned by the engine loop, on its thread; changed at commit and by commands only. */
final class RunningSet {

    private final Map<Long, ActiveRequest> requests = new HashMap<>();
    private final List<RequestState> waiting = new ArrayList<>();
    private final Map<Long, CohortState> cohorts = new LinkedHashMap<>();
    private final Map<RequestState, RefiningRequest> refining = new LinkedHashMap<>();

    SchedulerView view(CacheBudget budget, long step, long nowNanos, SchedulerView.Pace pace) {
        return new SchedulerView(
                List.copyOf(waiting),
                List.copyOf(cohorts.values()),
                List.copyOf(refining.values()),
                budget,
                step,
                nowNanos,
                pace);
    }

    private ActiveRequest request(RequestState state) {
        return Objects.requireNonNull(requests.get(state.sequence()), "a planned row must be in flight");
    }

    /** The requests of a step with the places of their rows: those that run, then those that join, as the plan has them. */
    List<StagedStep.Share> shares(StepPlan.Step plan) {
        return switch (plan) {
            case StepPlan.Work work -> shares(work);
            case StepPlan.Pass pass -> shares(pass);
        };
    }

    /** A request's rows follow each other. */
    private List<StagedStep.Share> shares(StepPlan.Pass pass) {
        Map<Long, List<Integer>> places = new LinkedHashMap<>();
        for (StepRow row : pass.rows()) {
            List<Integer> own = places.computeIfAbsent(row.sequence(), sequence -> new ArrayList<>());
            own.add(places.values().stream().mapToInt(List::size).sum());
        }
        List<StagedStep.Share> shares = new ArrayList<>(places.size());
        places.forEach((sequence, own) -> shares.add(new StagedStep.Share(
                share(sequence, 0).request(),
                own.stream().mapToInt(Integer::intValue).toArray())));
        return shares;
    }

    private StagedStep.Share share(long sequence, int place) {
        ActiveRequest request = Objects.requireNonNull(requests.get(sequence), "a planned row must be in flight");
        return new StagedStep.Share(request, new int[] {place});
    }

    private List<StagedStep.Share> shares(StepPlan.Work plan) {
        CohortState cohort = cohorts.get(plan.cohort());
        List<RunningRow> rows = cohort == null ? List.of() : cohort.rows();
        List<StagedStep.Share> shares =
                new ArrayList<>(rows.size() + plan.joining().size());
        Map<RequestState, int[]> parted = new HashMap<>();
        for (int place = 0; place < rows.size(); place++) {
            RunningRow row = rows.get(place);
            ActiveRequest request = request(row.request());
            int live = request.search().liveRows();
            int @Nullable [] places = live == 1 ? null : parted.get(row.request());
            if (places == null) {
                places = new int[live];
                shares.add(new StagedStep.Share(request, places));
                if (live > 1) {
                    parted.put(row.request(), places);
                }
            }
            places[row.index()] = place;
        }
        for (int i = 0; i < plan.joining().size(); i++) {
            shares.add(share(plan.joining().get(i).sequence(), rows.size() + i));
        }
        return shares;
    }

    boolean isEmpty() {
        return requests.isEmpty();
    }

    int runningRows() {
        return requests.size() - waiting.size();
    }

    void enqueue(ActiveRequest request) {
        requests.put(request.state().sequence(), request);
        waiting.add(request.state());
    }

    /** Lets waiting requests run: in a cohort, a new one or behind the rows it has, in the order of its cache. */
    void start(StepPlan.Step plan, List<RequestState> joining, long nowNanos) {
        waiting.removeAll(new HashSet<>(joining));
        if (plan instanceof StepPlan.Work work) {
            join(work.cohort(), joining, nowNanos);
        }
    }

    private void join(long cohort, List<RequestState> joining, long nowNanos) {
        CohortState state = cohorts.computeIfAbsent(cohort, CohortState::new);
        List<RunningRow> rows = new ArrayList<>(state.rows());
        state.joined(nowNanos);
        joining.forEach(request -> rows.add(new RunningRow(request, 0, -1)));
        state.arrange(rows);
    }

    /** Gives a cohort the rows that its requests' searches have after a step; caches follow. */
    void advance(long cohort, List<StagedStep.Decision> decisions, KvCache<?> cache) {
        List<Arrangement.Child> children = new ArrayList<>(decisions.size());
        // A pass over one token of each row decides what one over several could not.
        boolean undecided =
                decisions.stream().anyMatch(decision -> decision.steps().isEmpty());
        for (StagedStep.Decision decision : decisions) {
            List<Integer> draft = undecided ? List.of() : decision.request().draftAhead(decisions.size());
            if (decision.steps().isEmpty()) {
                children.add(new Arrangement.Child(
                        decision.share().places()[0],
                        new RunningRow(
                                decision.request().state(),
                                0,
                                decision.request().search().lastToken(0),
                                draft)));
            } else if (decision.steps().getLast() instanceof SearchStep.Advance step) {
                Search search = decision.request().search();
                for (int row = 0; row < step.liveRows(); row++) {
                    children.add(new Arrangement.Child(
                            decision.share().places()[step.parent(row)],
                            new RunningRow(decision.request().state(), row, search.lastToken(row), draft)));
                }
            }
        }
        CohortState state = Objects.requireNonNull(cohorts.get(cohort), "a stepped cohort must run");
        arrange(state, children, cache);
        if (state.rows().isEmpty()) {
            cohorts.remove(cohort);
        }
    }

    /** Notes what is to be refined further after a pass; those that are done leave. */
    void refine(List<StagedStep.Decision> decisions) {
        for (StagedStep.Decision decision : decisions) {
            ActiveRequest request = decision.request();
            refining.remove(request.state());
            if (!decision.steps().isEmpty()
                    && decision.steps().getLast() instanceof SearchStep.Advance advance
                    && advance.liveRows() > 0
                    && request.search() instanceof PassSearch search) {
                refining.put(request.state(), new RefiningRequest(request.state(), search.inputs(), search.scored()));
            }
        }
    }

    private static void arrange(CohortState cohort, List<Arrangement.Child> children, KvCache<?> cache) {
        Arrangement arrangement = Arrangement.of(cohort.rows().size(), children);
        if (arrangement.moves()) {
            cache.rearrange(cohort.id(), arrangement.sources());
        }
        cohort.arrange(arrangement.rows());
    }

    void stepped(long cohort, long step) {
        Objects.requireNonNull(cohorts.get(cohort), "a stepped cohort must run").stepped(step);
    }

    /** The requests in flight that a predicate picks. */
    List<ActiveRequest> matching(Predicate<ActiveRequest> predicate) {
        return requests.values().stream().filter(predicate).toList();
    }

    /** Lets requests go, whether they wait or run; caches of running ones are compacted. */
    void remove(Collection<ActiveRequest> ended, KvCache<?> cache) {
        if (ended.isEmpty()) {
            return;
        }
        Set<RequestState> states = new HashSet<>();
        for (ActiveRequest request : ended) {
            states.add(request.state());
            requests.remove(request.state().sequence());
        }
        waiting.removeAll(states);
        refining.keySet().removeAll(states);
        cohorts.values().removeIf(cohort -> {
            List<RunningRow> rows = cohort.rows();
            List<Arrangement.Child> children = new ArrayList<>(rows.size());
            for (int place = 0; place < rows.size(); place++) {
                if (!states.contains(rows.get(place).request())) {
                    children.add(new Arrangement.Child(place, rows.get(place)));
                }
            }
            if (children.size() < rows.size()) {
                arrange(cohort, children, cache);
            }
            return children.isEmpty();
        });
    }

    /** Forgets requests whose rows have left their cohort already. */
    void forget(Collection<ActiveRequest> ended) {
        ended.forEach(request -> requests.remove(request.state().sequence()));
    }
}
