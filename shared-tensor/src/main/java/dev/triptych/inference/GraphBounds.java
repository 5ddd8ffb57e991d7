package dev.triptych.inference;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.util.List;

/**
 * What an input may have where the graph leaves it open, so that no run takes memory without bound.
 *
 * @param mostRows of the first axis
 * @param mostExtent of every other axis
 * @param mostElements of the whole input
 */
public record GraphBounds(int mostRows, int mostExtent, long mostElements) {

    void check(List<Long> shape, String field) {
        long elements = 1;
        for (int axis = 0; axis < shape.size(); axis++) {
            long extent = shape.get(axis);
            int most = axis == 0 ? mostRows : mostExtent;
            if (extent > most) {
                throw invalid(field + "[" + axis + "]", "must be from 1 to " + most + ", got " + extent);
            }
            elements *= extent;
        }
        if (elements > mostElements) {
            throw invalid(field, "may come to " + mostElements + " elements, got " + shape);
        }
    }

    private static TriptychException.Rejected invalid(String field, String rule) {
        return new TriptychException.Rejected(ErrorCode.INVALID_FIELD, field, field + " " + rule);
    }
}
