package dev.triptych.text.translation;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;

/** JSON lets through half a surrogate pair, which is no character: no tokenizer can read it and no UTF-8 carry it. */
public final class WellFormedText {

    private WellFormedText() {}

    /**
     * The text itself.
     *
     * @param field how the error names it
     * @throws TriptychException.Rejected if the text has half a surrogate pair
     */
    public static String require(String text, String field) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isHighSurrogate(text.charAt(i))
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(text.charAt(i))) {
                throw new TriptychException.Rejected(
                        ErrorCode.INVALID_FIELD, field, field + " has half a surrogate pair at position " + i);
            }
        }
        return text;
    }
}
