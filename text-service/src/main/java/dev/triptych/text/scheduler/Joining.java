package dev.triptych.text.scheduler;

import dev.triptych.text.generation.Strategy;
import dev.triptych.text.kvcache.CacheDemand;
import dev.triptych.text.step.StepRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** Which of the waiting requests join a step together. Pure. */
final class Joining {

    /** Priority first, then the longest wait. */
    static final Comparator<RequestState> URGENCY =
            Comparator.comparing(RequestState::priority).thenComparingLong(RequestState::sequence);

    private static final Comparator<RequestState> LENGTH =
            Comparator.comparingInt(RequestState::promptLength).thenComparingLong(RequestState::sequence);

    private Joining() {}

    /**
     * As many candidates, in their order, as there is room for; shortest prompt first.
     *
     * @param rows most rows, counted as what the candidates become
     * @param paddedTokens most positions, padding included; a single longer prompt still joins alone
     * @param fits whether there is memory
     */
    static List<RequestState> within(
            List<RequestState> candidates, int rows, int paddedTokens, Predicate<CacheDemand> fits) {
        List<RequestState> chosen = new ArrayList<>();
        for (RequestState candidate : candidates) {
            chosen.add(candidate);
            CacheDemand demand = demand(chosen);
            boolean tooManyTokens = chosen.size() > 1 && (long) demand.joining() * demand.sourceLength() > paddedTokens;
            if (demand.rows() > rows || tooManyTokens || !fits.test(demand)) {
                chosen.removeLast();
                break;
            }
        }
        chosen.sort(LENGTH);
        return chosen;
    }

    /**
     * The one that waits longest, then the others by how near their prompts' lengths are to its: together they have little
     * padding. For those whom nobody waits for.
     *
     * @param waiting at least one, in order of arrival
     */
    static List<RequestState> alike(List<RequestState> waiting) {
        int length = waiting.getFirst().promptLength();
        return waiting.stream()
                .sorted(Comparator.<RequestState>comparingInt(request -> Math.abs(request.promptLength() - length))
                        .thenComparing(URGENCY))
                .toList();
    }

    static CacheDemand demand(List<RequestState> requests) {
        int source = 0;
        int length = 0;
        for (RequestState request : requests) {
            source = Math.max(source, request.promptLength());
            // A pass writes the whole draft, whatever is kept of it.
            int ahead = request.drafted() ? Strategy.Speculative.WINDOW : 0;
            length = Math.max(length, request.maxNewTokens() + ahead);
        }
        return new CacheDemand(requests.size(), rows(requests), source, length);
    }

    /** The most rows that the requests have at once. */
    static int rows(List<RequestState> requests) {
        return requests.stream().mapToInt(RequestState::maxRows).sum();
    }

    /** @param drafted whether drafts are made of their outputs */
    static List<StepRow.Prefill> prefills(List<RequestState> rows, boolean drafted) {
        return rows.stream()
                .map(request ->
                        new StepRow.Prefill(request.sequence(), request.promptIds(), drafted, request.promptScores()))
                .toList();
    }

    static List<StepRow.Decode> decodes(List<RunningRow> rows) {
        List<StepRow.Decode> decodes = new ArrayList<>(rows.size());
        for (RunningRow row : rows) {
            decodes.add(new StepRow.Decode(row.request().sequence(), row.token(), row.draft()));
        }
        return decodes;
    }
}
