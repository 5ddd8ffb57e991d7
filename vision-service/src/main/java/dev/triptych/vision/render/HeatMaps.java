package dev.triptych.vision.render;

import dev.triptych.vision.image.ImagePreprocessor.Region;
import dev.triptych.vision.image.RgbImage;
import dev.triptych.wire.AttentionResult;
import dev.triptych.wire.AttentionResult.Head;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Attention as heat over a picture. */
final class HeatMaps {

    private static final int MOST_EDGE = 4096;

    /** Of one head's picture where there are several. */
    private static final int TILE_EDGE = 512;

    private static final int GAP = 4;

    private static final double LEAST_HEAT = 0.35;
    private static final double MORE_HEAT = 0.4;

    private HeatMaps() {}

    static byte[] png(RgbImage picture, AttentionResult result, Region region) {
        List<Float> rollout = result.rollout();
        List<Head> heads = result.heads();
        if (rollout != null) {
            return Canvas.png(heated(picture, rollout, result, region, null, MOST_EDGE));
        }
        if (heads == null || heads.isEmpty()) {
            throw new IllegalArgumentException("there is neither a rollout nor a head to draw");
        }
        int columns = (int) Math.ceil(Math.sqrt(heads.size()));
        int edge = heads.size() == 1 ? MOST_EDGE : Math.min(TILE_EDGE, MOST_EDGE / columns);
        List<BufferedImage> tiles = heads.stream()
                .map(head -> heated(
                        picture,
                        head.weights(),
                        result,
                        region,
                        "layer " + head.layer() + " head " + head.head(),
                        edge))
                .toList();
        return Canvas.png(tiled(tiles, columns));
    }

    private static BufferedImage tiled(List<BufferedImage> tiles, int columns) {
        BufferedImage first = tiles.getFirst();
        int rows = (tiles.size() + columns - 1) / columns;
        BufferedImage sheet = new BufferedImage(
                columns * (first.getWidth() + GAP) - GAP,
                rows * (first.getHeight() + GAP) - GAP,
                BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = sheet.createGraphics();
        for (int i = 0; i < tiles.size(); i++) {
            int x = i % columns * (first.getWidth() + GAP);
            int y = i / columns * (first.getHeight() + GAP);
            graphics.drawImage(tiles.get(i), x, y, null);
        }
        graphics.dispose();
        return sheet;
    }

    private static BufferedImage heated(
            RgbImage picture,
            List<Float> weights,
            AttentionResult result,
            Region region,
            @Nullable String caption,
            int edge) {
        try (Canvas canvas = Canvas.over(picture, edge)) {
            int rows = result.grid().get(0);
            int columns = result.grid().get(1);
            double most = Math.max(Collections.max(weights), Float.MIN_NORMAL);
            double scaleX = (double) picture.width() / canvas.width();
            double scaleY = (double) picture.height() / canvas.height();
            for (int y = 0; y < canvas.height(); y++) {
                double row = ((y + 0.5) * scaleY - region.y()) / region.height() * rows;
                for (int x = 0; x < canvas.width(); x++) {
                    double column = ((x + 0.5) * scaleX - region.x()) / region.width() * columns;
                    if (row >= 0 && row < rows && column >= 0 && column < columns) {
                        double value = interpolated(weights, rows, columns, row - 0.5, column - 0.5) / most;
                        int pixel = canvas.get(x, y);
                        canvas.set(x, y, Palette.blend(pixel, Palette.heat(value), LEAST_HEAT + MORE_HEAT * value));
                    }
                }
            }
            if (caption != null) {
                canvas.caption(caption);
            }
            return canvas.image();
        }
    }

    /** Between the centers of the patches. */
    private static double interpolated(List<Float> weights, int rows, int columns, double row, double column) {
        double y = Math.clamp(row, 0, rows - 1);
        double x = Math.clamp(column, 0, columns - 1);
        int top = (int) y;
        int left = (int) x;
        int bottom = Math.min(top + 1, rows - 1);
        int right = Math.min(left + 1, columns - 1);
        double above =
                weights.get(top * columns + left) * (1 - x + left) + weights.get(top * columns + right) * (x - left);
        double below = weights.get(bottom * columns + left) * (1 - x + left)
                + weights.get(bottom * columns + right) * (x - left);
        return above * (1 - y + top) + below * (y - top);
    }
}
