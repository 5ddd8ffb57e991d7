package dev.triptych.text.scheduler;

import java.util.List;

/**
 * A request whose outputs need another pass.
 *
 * @param request which
 * @param rows what its next pass fills, masked where it is open, or scores; of different lengths
 * @param scored whether the autoregressive decoder reads them
 */
public record RefiningRequest(RequestState request, List<List<Integer>> rows, boolean scored) {

    public RefiningRequest {
        rows = List.copyOf(rows);
    }

    int longest() {
        return rows.stream().mapToInt(List::size).max().orElse(0);
    }
}
