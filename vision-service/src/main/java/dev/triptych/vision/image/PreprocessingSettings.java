package dev.triptych.vision.image;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code preprocessor_config.json} asks for, in the order in which it is applied: resize, center crop, rescale,
 * normalize.
 *
 * @param resize target size, or {@code null} to leave the size alone
 * @param resample filter of the resize
 * @param crop center crop, or {@code null} for none; a picture smaller than it is padded with zeros
 * @param rescaleFactor multiplied to every 8-bit value; 1 changes nothing
 * @param mean subtracted for each channel after rescaling; 0 changes nothing
 * @param std divided by for each channel; 1 changes nothing
 */
public record PreprocessingSettings(
        @Nullable Resize resize,
        ResampleFilter resample,
        @Nullable Size crop,
        double rescaleFactor,
        List<Double> mean,
        List<Double> std) {

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
        if (crop != null) {
            return Optional.of(crop);
        }
        return resize instanceof Size size ? Optional.of(size) : Optional.empty();
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
}
