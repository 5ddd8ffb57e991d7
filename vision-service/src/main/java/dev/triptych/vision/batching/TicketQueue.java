package dev.triptych.vision.batching;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Pictures that wait for a run, in a lane for each priority; both are bounded, so that a job never takes the places of
 * those that somebody waits for. Safe from any thread.
 */
final class TicketQueue {

    private final BatchSettings settings;
    private final Clock clock;
    private final Map<Priority, Deque<BatchTicket>> lanes = new EnumMap<>(Priority.class);

    TicketQueue(BatchSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        for (Priority priority : Priority.values()) {
            lanes.put(priority, new ArrayDeque<>());
        }
    }

    /**
     * What a batch may be.
     *
     * @param first whose pictures go first
     * @param offlineRows most pictures of an offline one
     */
    record Turn(Priority first, int offlineRows) {}

    /** False where the lane is full. */
    synchronized boolean offer(BatchTicket ticket) {
        Deque<BatchTicket> lane = lane(ticket.priority());
        if (lane.size() >= settings.queueCapacity()) {
            return false;
        }
        lane.add(ticket);
        notifyAll();
        return true;
    }

    synchronized boolean remove(BatchTicket ticket) {
        return lane(ticket.priority()).remove(ticket);
    }

    synchronized int size() {
        return lanes.values().stream().mapToInt(Deque::size).sum();
    }

    synchronized List<BatchTicket> removeAll() {
        List<BatchTicket> all = new ArrayList<>();
        for (Deque<BatchTicket> lane : lanes.values()) {
            all.addAll(lane);
            lane.clear();
        }
        return all;
    }

    /**
     * The next batch, of one priority. The first picture waits for company as long as the settings say, unless one of the
     * other priority comes that goes before it.
     *
     * @param limit how long to wait for a first picture; none came: empty
     */
    synchronized List<BatchTicket> gather(Turn turn, Duration limit) throws InterruptedException {
        if (size() == 0) {
            TimeUnit.NANOSECONDS.timedWait(this, limit.toNanos());
        }
        while (size() > 0) {
            Deque<BatchTicket> lane = next(turn);
            BatchTicket first = lane.element();
            int most = most(first, turn);
            Duration left =
                    Duration.between(clock.instant(), first.submittedAt().plus(settings.maxDelay()));
            if (lane.size() >= most || !left.isPositive()) {
                return take(lane, most);
            }
            TimeUnit.NANOSECONDS.timedWait(this, left.toNanos());
        }
        return List.of();
    }

    private Deque<BatchTicket> next(Turn turn) {
        Deque<BatchTicket> first = lane(turn.first());
        return first.isEmpty() ? lane(turn.first().other()) : first;
    }

    private int most(BatchTicket first, Turn turn) {
        return first.priority() == Priority.BATCH ? turn.offlineRows() : settings.maxImages();
    }

    private static List<BatchTicket> take(Deque<BatchTicket> lane, int most) {
        List<BatchTicket> batch = new ArrayList<>(most);
        while (batch.size() < most && !lane.isEmpty()) {
            batch.add(lane.remove());
        }
        return batch;
    }

    private Deque<BatchTicket> lane(Priority priority) {
        return Objects.requireNonNull(lanes.get(priority));
    }
}
