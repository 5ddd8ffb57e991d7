package dev.triptych.vision.render;

import dev.triptych.wire.SegmentationResult.Mask;
import java.util.ArrayList;
import java.util.List;

/** Reads COCO's compressed run lengths. */
final class MaskRuns {

    private MaskRuns() {}

    /** Takes runs of ones: pixels from {@code from} to before {@code to}, counted column by column. */
    interface Visitor {
        void ones(long from, long to);
    }

    /** Visits every run of ones of a mask. */
    static void visit(Mask mask, Visitor visitor) {
        long position = 0;
        List<Long> counts = counts(mask.counts());
        for (int run = 0; run < counts.size(); run++) {
            long next = position + counts.get(run);
            if (run % 2 == 1) {
                visitor.ones(position, next);
            }
            position = next;
        }
    }

    private static List<Long> counts(String text) {
        List<Long> counts = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            long value = 0;
            int shift = 0;
            int group;
            do {
                group = text.charAt(at++) - '0';
                value |= (long) (group & 31) << shift;
                shift += 5;
            } while ((group & 32) != 0);
            if ((group & 16) != 0) {
                value |= -1L << shift;
            }
            counts.add(counts.size() > 2 ? value + counts.get(counts.size() - 2) : value);
        }
        return counts;
    }
}
