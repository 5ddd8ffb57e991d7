package dev.triptych.vision.image;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.util.Base64;
import java.util.Locale;

/** A picture's file as text: base64 alone or in a {@code data:} URL. */
public final class EncodedImage {

    private static final String FIELD = "image";
    private static final String SCHEME = "data:";
    private static final String BASE64_MARK = ";base64";

    private EncodedImage() {}

    /**
     * The bytes of the file.
     *
     * @throws TriptychException.Rejected if the text is not base64, is empty or holds more bytes than allowed
     */
    public static byte[] bytes(String text, ImageLimits limits) {
        String base64 = text;
        if (text.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            int comma = text.indexOf(',');
            if (comma < 0 || !text.substring(0, comma).toLowerCase(Locale.ROOT).endsWith(BASE64_MARK)) {
                throw rejected("a data: URL must be of the form data:image/png;base64,…");
            }
            base64 = text.substring(comma + 1);
        }
        // Checked on the text, so that nothing is allocated for what will be refused.
        if (base64.length() / 4 * 3L - 2 > limits.maxBytes()) {
            throw limits.tooManyBytes();
        }
        if (base64.isEmpty()) {
            throw rejected("the picture is empty");
        }
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw rejected("image must be base64 or a data: URL; " + e.getMessage());
        }
    }

    private static TriptychException.Rejected rejected(String message) {
        return new TriptychException.Rejected(ErrorCode.INVALID_FIELD, FIELD, message);
    }
}
