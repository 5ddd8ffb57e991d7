package dev.triptych.vision.image;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;

/**
 * What a picture may cost.
 *
 * @param maxBytes of the encoded picture
 * @param maxPixels of the decoded one, checked against its header before anything is decoded
 */
public record ImageLimits(int maxBytes, long maxPixels) {

    /** RGB arrays are indexed by {@code int}. */
    private static final long MOST_PIXELS = Integer.MAX_VALUE / RgbImage.CHANNELS;

    private static final int WEBP_COST = 8;

    public ImageLimits {
        if (maxBytes < 1 || maxPixels < 1 || maxPixels > MOST_PIXELS) {
            throw new IllegalArgumentException("limits must be positive and at most " + MOST_PIXELS + " pixels, got "
                    + maxBytes + " bytes and " + maxPixels + " pixels");
        }
    }

    /** The WebP decoder takes some 40 bytes for each pixel where the others take 6, and far more time. */
    ImageLimits forWebp() {
        return new ImageLimits(maxBytes, Math.max(1, maxPixels / WEBP_COST));
    }

    void checkBytes(int bytes) {
        if (bytes > maxBytes) {
            throw tooManyBytes();
        }
    }

    void checkPixels(int width, int height) {
        if (width < 1 || height < 1) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_IMAGE, "image", "the picture claims a size of " + width + "x" + height);
        }
        if (Math.multiplyFull(width, height) > maxPixels) {
            throw new TriptychException.Rejected(
                    ErrorCode.TOO_LARGE,
                    "image",
                    "a picture may have at most " + maxPixels + " pixels, this one has " + width + "x" + height);
        }
    }

    /** What a door says that stopped reading at {@link #maxBytes}. */
    public TriptychException.Rejected tooManyBytes() {
        return new TriptychException.Rejected(
                ErrorCode.TOO_LARGE, "image", "a picture may have at most " + maxBytes + " bytes");
    }
}
