package dev.triptych.vision.vit;

import dev.triptych.tensor.math.Logits;
import dev.triptych.vision.batching.RowOutputs;
import dev.triptych.vision.batching.RowOutputs.Array;
import dev.triptych.vision.image.PreprocessingSettings.Size;
import dev.triptych.vision.model.VisionTask;
import dev.triptych.vision.vit.TokenAttention.Patches;
import java.util.Arrays;
import java.util.List;

/** The tokens from which a model's answer is read, and so those whose attention explains it. */
final class DecidingTokens {

    private DecidingTokens() {}

    /**
     * Shares of the tokens, which sum to 1: of a classifier the class token; of a detector the queries of the objects
     * that it answers with, or the best one where there are none; of a segmenter the patches by how much of them shows a
     * label worth naming, or all where none does.
     *
     * @param tokens how many there are
     */
    static List<Double> of(RowOutputs outputs, VisionTask task, Size grid, int tokens, Patches patches) {
        double[] shares = new double[tokens];
        switch (task) {
            case VisionTask.Classification ignored -> shares[0] = 1;
            case VisionTask.Detection detection -> {
                int first = tokens - outputs.get(VisionTask.LOGITS).dim(0);
                for (int query : ObjectBoxes.queries(outputs, detection)) {
                    shares[first + query] = 1;
                }
            }
            case VisionTask.Segmentation segmentation ->
                shown(outputs.get(VisionTask.LOGITS), segmentation, grid, shares, patches);
        }
        double sum = Arrays.stream(shares).sum();
        return Arrays.stream(shares).mapToObj(share -> share / sum).toList();
    }

    /** Counts, for each patch, the cells of the graph's mask in it whose best label is shown. */
    private static void shown(Array logits, VisionTask.Segmentation task, Size grid, double[] shares, Patches patches) {
        int labels = logits.dim(0);
        int rows = logits.dim(1);
        int columns = logits.dim(2);
        float[] cell = new float[labels];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                for (int label = 0; label < labels; label++) {
                    cell[label] = logits.values()[(label * rows + row) * columns + column];
                }
                if (task.isShown(Logits.argMax(cell, 0, labels))) {
                    int patch = row * grid.height() / rows * grid.width() + column * grid.width() / columns;
                    shares[patches.first() + patch]++;
                }
            }
        }
        if (Arrays.stream(shares).sum() == 0) {
            Arrays.fill(shares, patches.first(), patches.first() + patches.count(), 1);
        }
    }
}
