package dev.triptych.text.scheduler;

import java.util.List;

/**
 * A request whose outputs are refined pass by pass.
 *
 * @param request which
 * @param rows what its next pass fills, masked where it is open; of different lengths
 */
public record RefiningRequest(RequestState request, List<List<Integer>> rows) {

    public RefiningRequest {
        rows = List.copyOf(rows);
    }

    int longest() {
        return rows.stream().mapToInt(List::size).max().orElse(0);
    }
}
