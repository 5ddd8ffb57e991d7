package dev.triptych.vision.render;

import dev.triptych.vision.image.ImagePreprocessor.Region;
import dev.triptych.vision.image.RgbImage;
import dev.triptych.wire.AttentionResult;
import dev.triptych.wire.DetectionResult;
import dev.triptych.wire.DetectionResult.Box;
import dev.triptych.wire.DetectionResult.DetectedObject;
import dev.triptych.wire.SegmentationResult;
import dev.triptych.wire.SegmentationResult.Segment;
import java.awt.Color;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Draws answers as PNG files of the picture's size. A picture whose longer edge is under 160 pixels is enlarged by a
 * whole factor, one over 4096 reduced.
 */
public final class ResultPicture {

    private static final double MASK_SHARE = 0.55;
    private static final String BACKGROUND = "background";

    private ResultPicture() {}

    /** Boxes with labels and scores; better ones on top. */
    public static byte[] png(RgbImage picture, DetectionResult result) {
        try (Canvas canvas = Canvas.over(picture)) {
            double scaleX = (double) canvas.width() / result.width();
            double scaleY = (double) canvas.height() / result.height();
            Map<String, Color> colors = new LinkedHashMap<>();
            for (DetectedObject object : result.objects()) {
                colors.computeIfAbsent(object.label(), label -> Palette.ofLabel(colors.size()));
            }
            for (DetectedObject object : result.objects().reversed()) {
                Box box = object.box();
                canvas.frame(
                        box.xmin() * scaleX,
                        box.ymin() * scaleY,
                        box.xmax() * scaleX,
                        box.ymax() * scaleY,
                        colors.getOrDefault(object.label(), Color.WHITE));
            }
            for (DetectedObject object : result.objects()) {
                Box box = object.box();
                canvas.tag(
                        String.format(Locale.ROOT, "%s %.2f", object.label(), object.score()),
                        box.xmin() * scaleX,
                        box.ymin() * scaleY,
                        box.ymax() * scaleY,
                        colors.getOrDefault(object.label(), Color.WHITE));
            }
            return canvas.png();
        }
    }

    /** Colored masks with bright edges, and a legend with each label's share of the picture; the background stays as it is. */
    public static byte[] png(RgbImage picture, SegmentationResult result) {
        try (Canvas canvas = Canvas.over(picture)) {
            int[] labels = labels(result, canvas.width(), canvas.height());
            for (int y = 0; y < canvas.height(); y++) {
                for (int x = 0; x < canvas.width(); x++) {
                    int label = labels[y * canvas.width() + x];
                    if (label >= 0) {
                        double share = isEdge(labels, canvas.width(), x, y) ? 1 : MASK_SHARE;
                        canvas.set(
                                x,
                                y,
                                Palette.blend(
                                        canvas.get(x, y), Palette.ofLabel(label).getRGB() & 0xFFFFFF, share));
                    }
                }
            }
            List<Canvas.Entry> legend = new ArrayList<>();
            double pixels = (double) result.width() * result.height();
            for (int i = 0; i < result.segments().size(); i++) {
                Segment segment = result.segments().get(i);
                if (isPainted(segment)) {
                    legend.add(new Canvas.Entry(
                            Palette.ofLabel(i),
                            String.format(Locale.ROOT, "%s %.1f%%", segment.label(), 100 * segment.area() / pixels)));
                }
            }
            canvas.legend(legend);
            return canvas.png();
        }
    }

    /**
     * Heat over the picture, blue where a model hardly looks to yellow where it looks most; of several heads one picture
     * beside the other.
     *
     * @param region what of the picture the grid covers
     */
    public static byte[] png(RgbImage picture, AttentionResult result, Region region) {
        return HeatMaps.png(picture, result, region);
    }

    private static boolean isPainted(Segment segment) {
        return !segment.label().equalsIgnoreCase(BACKGROUND);
    }

    /** The segment of each pixel of the canvas, row by row; -1 where none is to be seen. */
    private static int[] labels(SegmentationResult result, int width, int height) {
        int[] labels = new int[width * height];
        Arrays.fill(labels, -1);
        for (int i = 0; i < result.segments().size(); i++) {
            int label = i;
            Segment segment = result.segments().get(i);
            if (isPainted(segment)) {
                MaskRuns.visit(segment.mask(), (from, to) -> {
                    for (long pixel = from; pixel < to; pixel++) {
                        int x = (int) (pixel / result.height());
                        int y = (int) (pixel % result.height());
                        paint(labels, width, span(x, result.width(), width), span(y, result.height(), height), label);
                    }
                });
            }
        }
        return labels;
    }

    private record Span(int from, int to) {}

    /** The pixels of the canvas that one of the picture becomes; none where the canvas is smaller and skips it. */
    private static Span span(int pixel, int pictureSize, int canvasSize) {
        return new Span((int) (Math.multiplyFull(pixel, canvasSize) / pictureSize), (int)
                (Math.multiplyFull(pixel + 1, canvasSize) / pictureSize));
    }

    private static void paint(int[] labels, int width, Span columns, Span rows, int label) {
        for (int y = rows.from(); y < rows.to(); y++) {
            Arrays.fill(labels, y * width + columns.from(), y * width + columns.to(), label);
        }
    }

    private static boolean isEdge(int[] labels, int width, int x, int y) {
        int at = y * width + x;
        int label = labels[at];
        return x > 0 && labels[at - 1] != label
                || x + 1 < width && labels[at + 1] != label
                || y > 0 && labels[at - width] != label
                || at + width < labels.length && labels[at + width] != label;
    }
}
