package dev.triptych.vision.image;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code preprocessor_config.json} asks for, in the order in which it is applied: resize, center crop, rescale,
 * normalize, pad.
 *
 * @param resize target size, or {@code null} to leave the size alone
 * @param resample filter of the resize
 * @param crop center crop, or {@code null} for none; a picture smaller than it is padded with zeros
 * @param rescaleFactor multiplied to every 8-bit value; 1 changes nothing
 * @param mean subtracted for each channel after rescaling; 0 changes nothing
 * @param std divided by for each channel; 1 changes nothing
 * @param pad the size that zeros right of and below the normalized picture fill up to, or {@code null} for none
 */
public record PreprocessingSettings(
        @Nullable Resize resize,
        ResampleFilter resample,
        @Nullable Size crop,
        double rescaleFactor,
        List<Double> mean,
        List<Double> std,
        @Nullable Size pad) {

    /** A picture of common shape, by which graphs for pictures of many sizes are tried. */
    private static final Size LANDSCAPE = new Size(640, 480);

    public PreprocessingSettings {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (mean.size() != RgbImage.CHANNELS || std.size() != RgbImage.CHANNELS) {
            throw new IllegalArgumentException(
                    "image_mean and image_std need one number for each of 3 channels, got " + mean + " and " + std);
        }
        if (std.contains(0.0)) {
            throw new IllegalArgumentException("image_std must not be 0, got " + std);
        }
    }

    /** The size that every preprocessed picture has, where the settings fix one. */
    public Optional<Size> outputSize() {
        if (pad != null) {
            return Optional.of(pad);
        }
        if (crop != null) {
            return Optional.of(crop);
        }
        return resize instanceof Size size ? Optional.of(size) : Optional.empty();
    }

    /** Whether pictures of any size become ones of a bounded size, which is what a graph can be fed. */
    public boolean isBounded() {
        return outputSize().isPresent() || resize instanceof EdgeLimits;
    }

    /** The sizes that a landscape and a portrait picture get; one where all get the same. */
    public List<Size> exampleSizes() {
        if (outputSize().isPresent() || resize == null) {
            return List.of(outputSize().orElse(LANDSCAPE));
        }
        return List.of(
                resize.target(LANDSCAPE.width(), LANDSCAPE.height()),
                resize.target(LANDSCAPE.height(), LANDSCAPE.width()));
    }

    /**
     * These settings with another size for both edges, or where the aspect ratio is kept for the shorter one and in
     * proportion for the longer; empty where a crop, a padding or no resize at all decides the size.
     */
    public Optional<PreprocessingSettings> sized(int edge) {
        Resize other = switch (resize) {
            case Size ignored -> new Size(edge, edge);
            case EdgeLimits(int shortest, int longest) ->
                new EdgeLimits(edge, (int) (Math.multiplyFull(longest, edge) / shortest));
            case null, default -> null;
        };
        return other == null || crop != null || pad != null
                ? Optional.empty()
                : Optional.of(new PreprocessingSettings(other, resample, null, rescaleFactor, mean, std, null));
    }

    /** A target of the resize. */
    public sealed interface Resize {

        /** The size that a picture of that size gets. */
        Size target(int width, int height);
    }

    /** Exactly this size, whatever the aspect ratio. */
    public record Size(int width, int height) implements Resize {

        public Size {
            if (width < 1 || height < 1) {
                throw new IllegalArgumentException("a size must be at least 1x1, got " + width + "x" + height);
            }
        }

        @Override
        public Size target(int imageWidth, int imageHeight) {
            return this;
        }
    }

    /** The shorter edge gets this length, the longer one keeps the aspect ratio, rounded down. */
    public record ShortestEdge(int length) implements Resize {

        public ShortestEdge {
            if (length < 1) {
                throw new IllegalArgumentException("shortest_edge must be at least 1, got " + length);
            }
        }

        @Override
        public Size target(int width, int height) {
            int shorter = Math.min(width, height);
            int longer = Math.max(width, height);
            int scaled = (int) ((double) Math.multiplyFull(length, longer) / shorter);
            return width <= height ? new Size(length, scaled) : new Size(scaled, length);
        }
    }

    /**
     * The shorter edge gets a length, unless the longer one would exceed its own; then both are rounded down to a
     * multiple of 16. This is YOLOS's rule in Hugging Face, which however fails where 16 is more than the shorter edge;
     * here it then gets 16.
     *
     * @param shortest length of the shorter edge
     * @param longest most pixels of the longer one
     */
    public record EdgeLimits(int shortest, int longest) implements Resize {

        /** Of both edges. */
        public static final int MULTIPLE = 16;

        public EdgeLimits {
            if (shortest < MULTIPLE || longest < shortest) {
                throw new IllegalArgumentException("shortest_edge must be at least " + MULTIPLE
                        + " and at most longest_edge, got " + shortest + " and " + longest);
            }
        }

        @Override
        public Size target(int width, int height) {
            int shorter = Math.min(width, height);
            int longer = Math.max(width, height);
            double exact = shortest;
            if ((double) longer / shorter * shortest > longest) {
                exact = (double) longest * shorter / longer;
            }
            // Python rounds halves to even, and scales the longer edge by the length before it was rounded.
            int length = (int) Math.rint(exact);
            int scaled = (int) (exact * longer / shorter);
            if (width < height) {
                return new Size(multiple(length), multiple(scaled));
            }
            return new Size(multiple(height == length ? width : scaled), multiple(length));
        }

        private static int multiple(int length) {
            return Math.max(MULTIPLE, length - length % MULTIPLE);
        }
    }
}
