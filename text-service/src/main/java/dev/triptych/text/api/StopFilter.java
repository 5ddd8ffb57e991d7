package dev.triptych.text.api;

import java.util.List;

/**
 * Cuts text where a stop text begins, also text that comes in pieces: what may be the beginning of one is held back. Not
 * thread-safe.
 */
final class StopFilter {

    private final List<String> stops;
    private final StringBuilder held = new StringBuilder();
    private boolean stopped;

    StopFilter(List<String> stops) {
        this.stops = stops;
    }

    /** A whole text up to the stop text that is complete first. */
    static String cut(String text, List<String> stops) {
        int end = Integer.MAX_VALUE;
        int cut = text.length();
        for (String stop : stops) {
            int at = text.indexOf(stop);
            if (at >= 0 && (at + stop.length() < end || at + stop.length() == end && at < cut)) {
                end = at + stop.length();
                cut = at;
            }
        }
        return text.substring(0, cut);
    }

    /** Takes a piece and gives what can be no part of a stop text any more. */
    String add(String piece) {
        if (stops.isEmpty() || stopped) {
            return stopped ? "" : piece;
        }
        held.append(piece);
        String text = held.toString();
        String before = cut(text, stops);
        stopped = before.length() < text.length();
        int free = stopped ? before.length() : before.length() - openSuffix(text);
        held.delete(0, free);
        return text.substring(0, free);
    }

    /** What was held back, once no more comes. */
    String end() {
        String rest = stopped ? "" : held.toString();
        held.setLength(0);
        return rest;
    }

    /** Length of the longest end of the text that a stop text begins with. */
    private int openSuffix(String text) {
        int longest = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, text.length()); length > longest; length--) {
                if (text.endsWith(stop.substring(0, length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }
}
