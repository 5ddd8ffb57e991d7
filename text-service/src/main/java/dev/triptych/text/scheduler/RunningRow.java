package dev.triptych.text.scheduler;

import java.util.List;

/**
 * A row of a running cohort.
 *
 * @param request whose; a request has as many rows as beams or samples are live
 * @param index which of the request's live rows
 * @param token what it feeds to the next step
 * @param draft what may follow it
 */
public record RunningRow(RequestState request, int index, int token, List<Integer> draft) {

    public RunningRow(RequestState request, int index, int token) {
        this(request, index, token, List.of());
    }
}
