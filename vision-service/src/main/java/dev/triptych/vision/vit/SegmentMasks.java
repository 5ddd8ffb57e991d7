package dev.triptych.vision.vit;

import dev.triptych.tensor.math.Logits;
import dev.triptych.vision.batching.RowOutputs.Array;
import dev.triptych.vision.model.VisionTask;
import dev.triptych.wire.SegmentationResult.Mask;
import dev.triptych.wire.SegmentationResult.Segment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * From a segmenter's coarse logits to masks of the picture's size: logits are enlarged bilinearly as PyTorch's {@code
 * interpolate(align_corners=False)} does, and each pixel gets the best label. The picture is gone through column by
 * column, in the order of COCO's run lengths, so that no more than a column is ever held.
 */
final class SegmentMasks {

    private final Array logits;
    private final int labels;
    private final Axis rows;
    private final Axis columns;
    private final float[] shares;
    private final float[] column;
    private final float[] best;
    private final int[] bestLabel;
    private final Tally[] tallies;

    private SegmentMasks(Array logits, int width, int height) {
        this.logits = logits;
        this.labels = logits.dim(0);
        this.rows = new Axis(logits.dim(1), height);
        this.columns = new Axis(logits.dim(2), width);
        this.shares = shares(logits);
        this.column = new float[labels * rows.cells];
        this.best = new float[height];
        this.bestLabel = new int[height];
        this.tallies = new Tally[labels];
        Arrays.setAll(tallies, label -> new Tally());
    }

    /**
     * The segments of a picture, largest first.
     *
     * @param logits float32 {@code [labels, rows, columns]}
     * @param width of the picture in pixels
     * @param height likewise
     * @param abandoned whether nobody wants the answer any more; asked once for each column
     * @throws CancellationException if so
     */
    static List<Segment> find(
            Array logits,
            VisionTask.Segmentation task,
            VisionOptions.Segmentation options,
            int width,
            int height,
            BooleanSupplier abandoned) {
        SegmentMasks masks = new SegmentMasks(logits, width, height);
        for (int x = 0; x < width; x++) {
            if (abandoned.getAsBoolean()) {
                throw new CancellationException("the request has ended");
            }
            masks.label(x);
            masks.count(x);
        }
        List<Segment> segments = new ArrayList<>();
        for (int label = 0; label < masks.labels; label++) {
            Tally tally = masks.tallies[label];
            if (tally.area > 0 && task.isShown(label) && tally.score() >= options.threshold()) {
                String counts = tally.finish(Math.multiplyFull(width, height));
                segments.add(new Segment(
                        task.labels().get(label), tally.score(), tally.area, new Mask(List.of(height, width), counts)));
            }
        }
        segments.sort(Comparator.comparingLong(Segment::area).reversed());
        return segments.stream().limit(options.topK()).toList();
    }

    /** The best label of each pixel of a column; the lower one of equals. */
    private void label(int x) {
        float right = columns.weight[x];
        float left = 1 - right;
        float[] values = logits.values();
        for (int i = 0; i < column.length; i++) {
            int cells = i * columns.cells;
            column[i] = left * values[cells + columns.cell[x]] + right * values[cells + columns.next[x]];
        }
        Arrays.fill(best, Float.NEGATIVE_INFINITY);
        Arrays.fill(bestLabel, 0);
        for (int label = 0; label < labels; label++) {
            int offset = label * rows.cells;
            for (int y = 0; y < best.length; y++) {
                float below = rows.weight[y];
                float value = (1 - below) * column[offset + rows.cell[y]] + below * column[offset + rows.next[y]];
                if (value > best[y]) {
                    best[y] = value;
                    bestLabel[y] = label;
                }
            }
        }
    }

    private void count(int x) {
        int height = best.length;
        long start = Math.multiplyFull(x, height);
        int from = 0;
        for (int y = 0; y < height; y++) {
            int label = bestLabel[y];
            int cell = rows.nearest[y] * columns.cells + columns.nearest[x];
            tallies[label].shareSum += shares[label * rows.cells * columns.cells + cell];
            if (y + 1 == height || bestLabel[y + 1] != label) {
                tallies[label].add(start + from, start + y + 1);
                from = y + 1;
            }
        }
    }

    /** Probabilities of the labels in each cell, laid out as the logits. */
    private static float[] shares(Array logits) {
        int labels = logits.dim(0);
        int cells = logits.dim(1) * logits.dim(2);
        float[] shares = new float[labels * cells];
        float[] row = new float[labels];
        for (int cell = 0; cell < cells; cell++) {
            for (int label = 0; label < labels; label++) {
                row[label] = logits.values()[label * cells + cell];
            }
            double logSum = Logits.logSumExp(row, 0, labels);
            for (int label = 0; label < labels; label++) {
                shares[label * cells + cell] = (float) Math.exp(row[label] - logSum);
            }
        }
        return shares;
    }

    /** Which two cells make each pixel along an axis, with the second one's weight, and which cell it lies in. */
    private static final class Axis {

        private final int cells;
        private final int[] cell;
        private final int[] next;
        private final int[] nearest;
        private final float[] weight;

        Axis(int cells, int pixels) {
            this.cells = cells;
            this.cell = new int[pixels];
            this.next = new int[pixels];
            this.nearest = new int[pixels];
            this.weight = new float[pixels];
            float scale = (float) cells / pixels;
            for (int i = 0; i < pixels; i++) {
                float position = Math.max(scale * (i + 0.5f) - 0.5f, 0);
                cell[i] = Math.min((int) position, cells - 1);
                next[i] = Math.min(cell[i] + 1, cells - 1);
                nearest[i] = Math.min((int) (scale * (i + 0.5f)), cells - 1);
                weight[i] = position - cell[i];
            }
        }
    }

    /** What is known of one label so far. */
    private static final class Tally {

        private final RunLengths runs = new RunLengths();
        private long area;
        private double shareSum;
        private long from;
        private long to;

        /** Adds pixels; those that go on where the last ones ended, at the top of the next column, lengthen their run. */
        void add(long start, long end) {
            area += end - start;
            if (start != to) {
                flush();
                from = start;
            }
            to = end;
        }

        private void flush() {
            if (to > from) {
                runs.ones(from, to);
            }
        }

        String finish(long pixels) {
            flush();
            return runs.finish(pixels);
        }

        /** The label's mean probability in the cells under the segment. */
        double score() {
            return Math.min(shareSum / area, 1.0);
        }
    }
}
