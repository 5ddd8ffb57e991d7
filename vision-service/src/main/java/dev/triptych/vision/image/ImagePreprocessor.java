package dev.triptych.vision.image;

import dev.triptych.vision.image.PreprocessingSettings.Resize;
import dev.triptych.vision.image.PreprocessingSettings.Size;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;

/**
 * Resizes and crops as Hugging Face's Pillow-backed image processors do. Pixels stay 8-bit, so that pictures that wait
 * for their batch take little memory; {@link PixelNormalization} makes floats of them. Stateless and thread-safe.
 */
public final class ImagePreprocessor {

    /** A shortest-edge resize of a sliver asks for absurd widths; nothing sensible is that long. */
    private static final int MAX_RESIZED_PIXELS = 16 << 20;

    private final PreprocessingSettings settings;

    public ImagePreprocessor(PreprocessingSettings settings) {
        this.settings = settings;
    }

    /**
     * The picture as the model's pixels; what pads it comes with the batch.
     *
     * @throws TriptychException.Rejected if its aspect ratio is so extreme that the resized picture would be huge, or
     *     exceeds what it would be padded to
     */
    public RgbImage prepare(RgbImage image) {
        RgbImage resized = resized(image);
        Size crop = settings.crop();
        RgbImage prepared = crop == null ? resized : centerCrop(resized, crop);
        Size pad = settings.pad();
        if (pad != null && (prepared.width() > pad.width() || prepared.height() > pad.height())) {
            throw refused(image, prepared.width(), prepared.height(), pad.width() + "x" + pad.height());
        }
        return prepared;
    }

    /**
     * A part of a picture, in its pixels; beyond its edges where a crop is larger than it.
     *
     * @param x of the left edge
     * @param y of the upper edge
     */
    public record Region(double x, double y, double width, double height) {}

    /** What of a picture of that size the model sees: all of it, unless it is cropped. */
    public Region seen(int width, int height) {
        Resize resize = settings.resize();
        Size resized = resize == null ? new Size(width, height) : resize.target(width, height);
        Size crop = settings.crop() == null ? resized : settings.crop();
        double scaleX = (double) width / resized.width();
        double scaleY = (double) height / resized.height();
        return new Region(
                margin(resized.width(), crop.width()) * scaleX,
                margin(resized.height(), crop.height()) * scaleY,
                crop.width() * scaleX,
                crop.height() * scaleY);
    }

    private RgbImage resized(RgbImage image) {
        Resize resize = settings.resize();
        if (resize == null) {
            return image;
        }
        Size target = resize.target(image.width(), image.height());
        if (Math.multiplyFull(target.width(), target.height()) > MAX_RESIZED_PIXELS) {
            throw refused(image, target.width(), target.height(), MAX_RESIZED_PIXELS + " pixels");
        }
        // Columns are made first: of a sliver they are as many as those of the result, and as long as its own.
        if (Math.multiplyFull(target.width(), image.height()) > MAX_RESIZED_PIXELS) {
            throw refused(image, target.width(), image.height(), MAX_RESIZED_PIXELS + " pixels on the way");
        }
        return Resampler.resize(image, target.width(), target.height(), settings.resample());
    }

    private static TriptychException.Rejected refused(RgbImage image, int width, int height, String limit) {
        return new TriptychException.Rejected(
                ErrorCode.INVALID_IMAGE,
                "image",
                "a picture of " + image.width() + "x" + image.height() + " pixels would be resized to " + width + "x"
                        + height + ", over " + limit);
    }

    /** Margins round as Hugging Face's: a crop is one pixel further up and left, padding one further down and right. */
    private static RgbImage centerCrop(RgbImage image, Size crop) {
        int top = margin(image.height(), crop.height());
        int left = margin(image.width(), crop.width());
        byte[] target = new byte[RgbImage.byteCount(crop.width(), crop.height())];
        int fromX = Math.max(left, 0);
        int toX = Math.min(left + crop.width(), image.width());
        for (int y = Math.max(top, 0); y < Math.min(top + crop.height(), image.height()); y++) {
            int in = (y * image.width() + fromX) * RgbImage.CHANNELS;
            int out = ((y - top) * crop.width() + fromX - left) * RgbImage.CHANNELS;
            System.arraycopy(image.pixels(), in, target, out, (toX - fromX) * RgbImage.CHANNELS);
        }
        return new RgbImage(crop.width(), crop.height(), target);
    }

    /** Pixels of the picture before the crop begins; negative: zeros before the picture begins. */
    private static int margin(int imageSize, int cropSize) {
        return Math.floorDiv(imageSize - cropSize, 2);
    }
}
