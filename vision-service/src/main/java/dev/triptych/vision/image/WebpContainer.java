package dev.triptych.vision.image;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;

/** The RIFF container of a WebP, whose decoder does not notice when the file ends early. */
final class WebpContainer {

    private static final int SIZE_OFFSET = 4;
    private static final int HEADER_BYTES = 8;

    private WebpContainer() {}

    /** @throws TriptychException.Rejected if there are fewer bytes than the container states */
    static void checkComplete(byte[] webp) {
        long stated = HEADER_BYTES;
        for (int i = 0; i < 4; i++) {
            stated += (webp[SIZE_OFFSET + i] & 0xFFL) << (8 * i);
        }
        if (webp.length < stated) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_IMAGE,
                    "image",
                    "the picture is cut short: " + webp.length + " bytes of " + stated);
        }
    }
}
