package dev.triptych.text.runtime;

import dev.triptych.text.kvcache.CacheBudget;
import dev.triptych.text.kvcache.KvCache;
import dev.triptych.text.scheduler.CohortState;
import dev.triptych.text.scheduler.RequestState;
import dev.triptych.text.scheduler.SchedulerView;
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

/** What waits and what runs. Owned by the engine loop, on its thread; changed at commit and by commands only. */
final class RunningSet {

    private final Map<Long, ActiveRequest> requests = new HashMap<>();
    private final List<RequestState> waiting = new ArrayList<>();
    private final Map<Long, CohortState> cohorts = new LinkedHashMap<>();

    SchedulerView view(CacheBudget budget, long step, long nowNanos) {
        return new SchedulerView(List.copyOf(waiting), List.copyOf(cohorts.values()), budget, step, nowNanos);
    }

    ActiveRequest request(long sequence) {
        return Objects.requireNonNull(requests.get(sequence), "a planned row must be in flight");
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

    boolean isWaiting(ActiveRequest request) {
        return waiting.contains(request.state());
    }

    /** Moves waiting requests into a cohort, a new one or behind the rows it has, in the order of its cache. */
    void start(long cohort, List<RequestState> rows) {
        waiting.removeAll(new HashSet<>(rows));
        cohorts.computeIfAbsent(cohort, CohortState::new).join(rows);
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
        cohorts.values().removeIf(cohort -> {
            List<RequestState> rows = cohort.rows();
            int[] sources = Compaction.sources(rows.size(), row -> states.contains(rows.get(row)));
            if (sources.length < rows.size()) {
                cache.keep(cohort.id(), sources);
                cohort.keep(sources);
            }
            return sources.length == 0;
        });
    }
}
