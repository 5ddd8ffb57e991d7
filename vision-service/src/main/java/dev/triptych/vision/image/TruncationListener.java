package dev.triptych.vision.image;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import org.jspecify.annotations.Nullable;

/** Hears of a file that ends early, which decoders only warn about while they fill the rest with gray. */
final class TruncationListener implements IIOReadWarningListener {

    /** The JPEG decoder's words. Damage further inside is not meant: Pillow shows such pictures too. */
    private static final String TRUNCATED = "Truncated File";

    private @Nullable String warning;

    @Override
    public void warningOccurred(ImageReader source, String text) {
        if (text.startsWith(TRUNCATED)) {
            warning = text;
        }
    }

    void check() {
        if (warning != null) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_IMAGE, "image", "the picture is cut short: " + warning);
        }
    }
}
