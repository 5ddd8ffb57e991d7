package dev.triptych.gateway.jobs.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list is asked for.
 *
 * @param limit      the most entries
 * @param descending newest first
 * @param after      the id of the last entry already seen; absent: from the start
 */
public record Page(int limit, boolean descending, @Nullable String after) {

    String order() {
        return descending ? "DESC" : "ASC";
    }

    String beyond() {
        return descending ? "<" : ">";
    }

    /**
     * One page.
     *
     * @param more whether others follow
     */
    public record Of<T>(List<T> entries, boolean more) {

        /** @param found up to one more than were asked for */
        static <T> Of<T> cut(List<T> found, int limit) {
            return found.size() > limit ? new Of<>(List.copyOf(found.subList(0, limit)), true) : new Of<>(found, false);
        }
    }
}
